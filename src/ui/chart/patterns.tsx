// The three patterns of the design, once per picture: `hatch` (down, compacted, nobody leads), `hatch-red` (cut), `bars` (paused).

/** Goes into an `<svg>`; `prefix` keeps the ids of two pictures on one page apart. */
export function Patterns({ prefix }: { prefix: string }) {
  return (
    <defs>
      <pattern
        id={`${prefix}-hatch`}
        width="6"
        height="6"
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
      >
        <line x1="0.8" x2="0.8" y2="6" stroke="var(--line2)" strokeWidth="1.6" />
      </pattern>
      <pattern id={`${prefix}-bars`} width="11" height="16" patternUnits="userSpaceOnUse">
        <rect width="5" height="16" fill="var(--line2)" />
      </pattern>
    </defs>
  );
}
