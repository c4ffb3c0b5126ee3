import { useEffect, useRef } from 'preact/hooks';

/** So near to its end, in pixels, a list counts as read to the end. */
const nearPx = 40;

/** Keeps the end of a list in sight when it changes, unless somebody has scrolled up to read. */
export function useEnd(isFollowing: boolean, changes: readonly unknown[]) {
  const list = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  useEffect(() => {
    const { current } = list;
    if (current === null) return undefined;
    const look = (): void => {
      isAtEnd.current = current.scrollHeight - current.scrollTop - current.clientHeight < nearPx;
    };
    current.addEventListener('scroll', look, { passive: true });
    return () => current.removeEventListener('scroll', look);
  }, []);
  useEffect(() => {
    if (isFollowing && isAtEnd.current && list.current !== null) list.current.scrollTop = list.current.scrollHeight;
  }, changes);
  return list;
}
