// What of the event log is shown: kinds, one Region, words. Stores are chosen at the heads of their columns.

import { DropdownMenu } from 'radix-ui';
import { commas } from '../../projections/words/format.ts';
import type { Family } from '../../projections/words/line.ts';
import type { RegionId } from '../../tikv/ids.ts';
import { Icon } from '../chart/icon.tsx';
import { FAMILIES } from './families.ts';
import { EVERYTHING, type LogFilter } from './log-rows.ts';

interface LogFiltersProps {
  readonly filter: LogFilter;
  readonly onFilter: (filter: LogFilter) => void;
  readonly regions: readonly RegionId[];
  readonly shown: number;
}

export function LogFilters({ filter, onFilter, regions, shown }: LogFiltersProps) {
  const isOpen = filter === EVERYTHING;
  return (
    <div className="log-filters">
      <Kinds filter={filter} onFilter={onFilter} />
      {regions.length > 1 && <Regions filter={filter} onFilter={onFilter} regions={regions} />}
      <input
        className="input log-search"
        type="search"
        placeholder="words"
        aria-label="Only lines with these words"
        value={filter.text}
        onChange={(event) => onFilter({ ...filter, text: event.target.value })}
      />
      <span className="log-count" role="status">
        {commas(shown)} {shown === 1 ? 'line' : 'lines'}
      </span>
      {!isOpen && (
        <button type="button" className="text-button" onClick={() => onFilter(EVERYTHING)}>
          Show all
        </button>
      )}
    </div>
  );
}

function Kinds({ filter, onFilter }: Pick<LogFiltersProps, 'filter' | 'onFilter'>) {
  const chosen = filter.families ?? FAMILIES.map(([id]) => id);
  const toggle = (family: Family) => {
    const next = chosen.includes(family)
      ? chosen.filter((each) => each !== family)
      : [...chosen, family];
    onFilter({ ...filter, families: next.length === FAMILIES.length ? null : next });
  };
  const words =
    filter.families === null ? 'All kinds' : `${chosen.length} of ${FAMILIES.length} kinds`;
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger className="text-button">
        <Icon name="filter" />
        {words}
        <Icon name="down" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="start" sideOffset={4}>
          {FAMILIES.map(([id, word]) => (
            <DropdownMenu.CheckboxItem
              key={id}
              className="menu-item"
              checked={chosen.includes(id)}
              onCheckedChange={() => toggle(id)}
              onSelect={(event) => event.preventDefault()}
            >
              <span className="menu-check">{chosen.includes(id) && <Icon name="check" />}</span>
              {word}
            </DropdownMenu.CheckboxItem>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function Regions({ filter, onFilter, regions }: Omit<LogFiltersProps, 'shown'>) {
  return (
    <select
      className="input log-region"
      aria-label="Region"
      value={filter.region ?? ''}
      onChange={(event) =>
        onFilter({
          ...filter,
          region: event.target.value === '' ? null : Number(event.target.value),
        })
      }
    >
      <option value="">All Regions</option>
      {regions.map((region) => (
        <option key={region} value={region}>
          Region {region}
        </option>
      ))}
    </select>
  );
}
