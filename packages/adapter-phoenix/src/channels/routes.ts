import type { ChannelRoute } from './channel.js';

/** Finds what is behind a topic: the first route that matches. */
export type FindRoute<Assigns> = (topic: string) => ChannelRoute<Assigns> | undefined;

/** Throws a TypeError for a star that is not the last character. */
export function createRoutes<Assigns>(routes: readonly ChannelRoute<Assigns>[]): FindRoute<Assigns> {
  const patterns = routes.map((route) => {
    const star = route.topic.indexOf('*');
    if (star !== -1 && star !== route.topic.length - 1) {
      throw new TypeError(`a topic has its star at the end or nowhere: ${route.topic}`);
    }
    return { route, prefix: star === -1 ? undefined : route.topic.slice(0, -1) };
  });
  return (topic) =>
    patterns.find(({ route, prefix }) => (prefix === undefined ? route.topic === topic : topic.startsWith(prefix)))
      ?.route;
}
