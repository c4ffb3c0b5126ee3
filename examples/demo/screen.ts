/** Which side of the conversation something belongs to. */
export type Side = 'visitor' | 'operator';

/** Prints what both sides see and send in two columns. */
export interface Screen {
  /** A line across both columns. */
  note(text: string): void;
  /** Something a side said (`>`) or was shown (`<`). */
  line(side: Side, arrow: '>' | '<', text: string): void;
  /** A frame of the wire, when frames are asked for. */
  frame(side: Side, arrow: '>' | '<', frame: string): void;
}

/** Longer frames end with an ellipsis. */
const maxFrameRows = 4;

function rowsOf(text: string, width: number): readonly string[] {
  const rows: string[] = [];
  for (let start = 0; start < text.length; start += width) rows.push(text.slice(start, start + width));
  return rows;
}

export function createScreen(showsFrames: boolean, columns: number = process.stdout.columns ?? 150): Screen {
  const width = Math.floor((columns - 3) / 2);

  function print(side: Side, text: string, maxRows: number): void {
    const rows = rowsOf(text, width);
    const kept = rows.length > maxRows ? [...rows.slice(0, maxRows - 1), `${rows[maxRows - 1]?.slice(0, -1)}…`] : rows;
    for (const row of kept) {
      console.log(side === 'visitor' ? `${row.padEnd(width)} │` : `${' '.repeat(width)} │ ${row}`);
    }
  }

  return {
    note: (text) => console.log(`\n── ${text} ${'─'.repeat(Math.max(0, columns - text.length - 5))}`),
    line: (side, arrow, text) => print(side, `${arrow} ${text}`, Infinity),
    frame(side, arrow, frame) {
      if (showsFrames) print(side, `  ${arrow}${arrow} ${frame}`, maxFrameRows);
    },
  };
}
