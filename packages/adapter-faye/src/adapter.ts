import {
  Fault,
  type Adapter,
  type Capabilities,
  type ChatId,
  type Core,
  type Delivery,
  type Happening,
  type Session,
  type View,
} from '@dragoman/core';
import type { Application } from './application.js';
import { errors, type Ext } from './bayeux.js';
import { createApi } from './convead/api.js';
import { dutyChannel, parseChannel, type Channel } from './convead/channels.js';
import { createCredentials, type Auth, type Credentials } from './convead/credentials.js';
import { readAgainFrames, toFrames, type ChannelFrame, type ReadAgain, type Words } from './convead/translate.js';
import { createConversations } from './conversations.js';
import { eventFrame, isEventFrame, type EventFrame } from './event-frame.js';
