let scenes = 0;

/** Names on the broker that no other test uses. */
export function ownNames() {
  const mark = `t${process.pid}-${(scenes += 1)}`;
  return {
    inbound: `${mark}.inbound`,
    outbound: `${mark}.outbound`,
    deskQueue: `${mark}.desk`,
    customerQueue: `${mark}.customer`,
    botQueue: `${mark}.bot`,
    parked: `${mark}.parked`,
    deadExchange: `${mark}.dlx`,
    deadQueue: `${mark}.dead`,
  };
}

export const frontPlatform = 'comviq-web';
export const deskPlatform = 'partner-web';
