const page = (text, link) => ({ text, link });

export const sidebar = [
  {
    text: 'Begin',
    items: [page('Dragoman', '/'), page('In a minute', '/docs/in-a-minute'), page('Examples', '/examples/')],
  },
  {
    text: 'Guides',
    items: [
      page('Compose adapters in one process', '/docs/guides/compose'),
      page('Bridge legacy clients to a new backend', '/docs/backend'),
      page('Use the core in your tests', '/docs/guides/core-in-tests'),
      page('Write an adapter', '/docs/adapter-guide'),
      page('Move off happychat-service', '/docs/guides/happychat-service'),
      page('Go to production', '/docs/guides/production'),
    ],
  },
  {
    text: 'Protocols',
    items: [
      page('Happychat', '/docs/dialects/happychat'),
      page('Tickets', '/docs/dialects/tickets'),
      page('Convead', '/docs/dialects/convead'),
      page('Sermo', '/docs/dialects/sermo'),
      page('Clustaar', '/docs/dialects/clustaar'),
      page('Operators on Phoenix', '/docs/dialects/operator'),
      page('What crosses between them', '/docs/compatibility'),
    ],
  },
  {
    text: 'Reference',
    items: [
      page('Config', '/docs/options'),
      page('Command line', '/docs/cli'),
      page('Webhooks and bots', '/docs/webhooks'),
      page('REST API', '/packages/adapter-http/'),
      page('Error codes', '/docs/errors'),
      page('Metrics', '/docs/metrics'),
      page('Limits', '/docs/limits'),
      page('Glossary', '/docs/glossary'),
      page('Benchmarks', '/docs/benchmarks'),
    ],
  },
  {
    text: 'Inside',
    items: [
      page('Architecture', '/docs/architecture'),
      page('Sources of every wire fact', '/docs/sources'),
      page('Contributing', '/CONTRIBUTING'),
      page('Security', '/SECURITY'),
      page('Upgrading', '/UPGRADING'),
    ],
  },
  {
    text: 'Packages',
    items: [
      'core',
      'gateway',
      'adapter-socketio',
      'adapter-faye',
      'adapter-amqp',
      'adapter-phoenix',
      'adapter-http',
      'store-sqlite',
      'tokens',
      'inspector',
      'playground',
    ].map((name) => page(`@dragoman/${name}`, `/packages/${name}/`)),
  },
];
