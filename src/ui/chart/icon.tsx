// The icons: 16 by 16, strokes of 1.5 with round ends in the colour of the text. Drawn for Loom.

const PATHS = {
  play: 'M5 3.5v9l7.5-4.5z',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  step: 'M4 4v8l5.5-4zM12 4v8',
  'step-back': 'M12 4v8L6.5 8zM4 4v8',
  next: 'M3 4v8l5-4zM8 4v8l5-4z',
  previous: 'M13 4v8L8 8zM8 4v8L3 8z',
  kill: 'M8 2v5.5M4.6 4.4a5 5 0 1 0 6.8 0',
  freeze:
    'M3.5 2.5h9a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1zM6.2 5.5v5M9.8 5.5v5',
  restart: 'M12.8 6.2A5.2 5.2 0 1 0 13.2 9M13 2.8v3.6H9.4',
  cut: 'M3.4 5.2 13 10.6M3.4 10.8 13 5.4M2 4.2a1.7 1.7 0 1 0 3.4 0 1.7 1.7 0 1 0-3.4 0M2 11.8a1.7 1.7 0 1 0 3.4 0 1.7 1.7 0 1 0-3.4 0',
  heal: 'M1.5 8h3M11.5 8h3M4.5 5.5h2a2.5 2.5 0 0 1 0 5h-2zM11.5 5.5h-1.2a2.5 2.5 0 0 0 0 5h1.2z',
  send: 'M2.5 8h10.5M9 4l4 4-4 4',
  undo: 'M6 3 2.8 6.2 6 9.4M3 6.2h6.2a3.6 3.6 0 0 1 0 7.2H7',
  close: 'M4 4l8 8M12 4l-8 8',
  check: 'M3 8.5 6.3 12 13 4.5',
  moon: 'M13 9.6A5.6 5.6 0 0 1 6.4 3a5.4 5.4 0 1 0 6.6 6.6z',
  sun: 'M5 8a3 3 0 1 0 6 0 3 3 0 1 0-6 0M8 1.2v1.6M8 13.2v1.6M1.2 8h1.6M13.2 8h1.6M3.2 3.2l1.1 1.1M11.7 11.7l1.1 1.1M3.2 12.8l1.1-1.1M11.7 4.3l1.1-1.1',
  help: 'M2 8a6 6 0 1 0 12 0A6 6 0 1 0 2 8M6.2 6.2a1.9 1.9 0 1 1 2.6 2c-.6.3-.8.6-.8 1.2M8 11.6v.1',
  book: 'M8 3.6C6.6 2.7 4.7 2.5 2.5 2.6v9.8c2.2-.1 4.1.1 5.5 1 1.4-.9 3.3-1.1 5.5-1V2.6C11.3 2.5 9.4 2.7 8 3.6zM8 3.6v9.8',
  console: 'M2.5 4.5 6 8l-3.5 3.5M8 12h5.5',
  filter: 'M2.5 4.5h11M4.5 8h7M6.5 11.5h3',
  more: 'M3.5 8v.01M8 8v.01M12.5 8v.01',
  down: 'M4.5 6.5 8 10l3.5-3.5',
  left: 'M9.5 4 5.5 8l4 4',
  right: 'M6.5 4l4 4-4 4',
  add: 'M8 3v10M3 8h10',
  trash: 'M3 4.5h10M6 4.5V3h4v1.5M4.3 4.5l.6 8.5h6.2l.6-8.5M6.8 7v4M9.2 7v4',
  download: 'M8 2.5v8M4.8 7.5 8 10.7l3.2-3.2M3 13.5h10',
  upload: 'M8 10.7v-8M4.8 5.7 8 2.5l3.2 3.2M3 13.5h10',
  disk: 'M3 4.2c0-1 2.2-1.7 5-1.7s5 .7 5 1.7-2.2 1.7-5 1.7-5-.7-5-1.7zM3 4.2v7.6c0 1 2.2 1.7 5 1.7s5-.7 5-1.7V4.2',
  stage: 'M2.5 3.5h11v7.5h-11zM8 11v2.5M5 13.5h6',
  list: 'M2.5 4.5h11M4.5 8h7M6.5 11.5h3',
  drop: 'M1.5 8h7M10 5.5l4.5 5M14.5 5.5 10 10.5',
  clock: 'M2.5 8a5.5 5.5 0 1 0 11 0 5.5 5.5 0 1 0-11 0M8 4.8V8l2.2 1.6',
  twin: 'M2.5 9.5a3.5 3.5 0 1 0 7 0 3.5 3.5 0 1 0-7 0M7.4 4.7a3.5 3.5 0 1 1 2.2 5.9',
  hold: 'M2.5 8a5.5 5.5 0 1 0 11 0 5.5 5.5 0 1 0-11 0M6.6 6v4M9.4 6v4',
  slow: 'M5 2.5h6v2.6L8 8l3 2.9v2.6H5v-2.6L8 8 5 5.1z',
  lossy: 'M1.5 8H4M6 8h2.2M10.2 6l4 4M14.2 6l-4 4',
  lock: 'M5.2 7V5.2a2.8 2.8 0 0 1 5.6 0V7M4 7h8v6H4z',
  messages: 'M2.5 4h11v7h-6l-3 2.5V11h-2zM5.5 6.6h5M5.5 8.6h3',
  target: 'M8 2v3M8 11v3M2 8h3M11 8h3M4.5 8a3.5 3.5 0 1 0 7 0 3.5 3.5 0 1 0-7 0',
} as const;

export type IconName = keyof typeof PATHS;

const FILLED: readonly IconName[] = ['play'];

/** Decorative: the control that holds it has its own name. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      className="icon"
      viewBox="0 0 16 16"
      style={{ width: `calc(${size} * var(--px))`, height: `calc(${size} * var(--px))` }}
      fill={FILLED.includes(name) ? 'currentColor' : 'none'}
      stroke="currentColor"
      strokeWidth={name === 'more' ? 2.4 : 1.5}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

/** A CSS cursor that carries an icon beside its point: dark with a light halo, to be seen on any ground. */
export function iconCursor(name: IconName): string {
  const lines = (colour: string, width: number) =>
    `<g fill="none" stroke="${colour}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"><path d="M1 1l6 2-4 4z"/><path transform="translate(9 9)" d="${PATHS[name]}"/></g>`;
  const picture = `<svg xmlns="http://www.w3.org/2000/svg" width="28" height="28" viewBox="0 0 28 28">${lines('#fbfaf7', 5)}${lines('#1b1f24', 1.7)}</svg>`;
  return `url("data:image/svg+xml,${encodeURIComponent(picture)}") 1 1`;
}

/** The mark of the house: three threads over and under three. */
export function Logo({ size = 22 }: { size?: number }) {
  return (
    <svg
      viewBox="0 0 32 32"
      style={{ width: `calc(${size} * var(--px))`, height: `calc(${size} * var(--px))` }}
      fill="none"
      stroke="currentColor"
      strokeWidth="3"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <path d="M9 4v8.5M9 19.5V28M16 4v1.5M16 12.5v7M16 26.5V28M23 4v8.5M23 19.5V28" />
      <path d="M4 9h1.5M12.5 9h7M26.5 9H28M4 16h8.5M19.5 16H28M4 23h1.5M12.5 23h7M26.5 23H28" />
    </svg>
  );
}
