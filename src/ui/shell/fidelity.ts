// Where Loom is not as TiKV: what somebody may see here and would not see there, and what is not here at all. The READMEs of
// `tikv` say the same with more detail; whoever changes one of these places changes the row.

/** What is meant by TiKV, and by raft-rs. */
export const MEANT = { tikv: '8e964719', raft: 'aafb07c7' } as const;

export interface Difference {
  readonly what: string;
  readonly here: string;
  readonly tikv: string;
}

export interface Chapter {
  readonly title: string;
  readonly rows: readonly Difference[];
}

export const DIFFERENCES: readonly Chapter[] = [
  {
    title: 'The world around the database',
    rows: [
      {
        what: 'Time',
        here: 'Virtual, and slower: a tick lasts 100 ms, links and disks take tens of milliseconds. Each setting says TiKV’s value beside its own.',
        tikv: 'The clock of the machine.',
      },
      {
        what: 'Processes, network, disks',
        here: 'A worker and a database of the browser for each node. Links and disks are modelled; what is lost, late or not synced is decided there.',
        tikv: 'Servers, gRPC over TCP, RocksDB and Raft Engine on a file system.',
      },
      {
        what: 'Time inside a node',
        here: 'A node takes one input after the other, and its own work takes no time.',
        tikv: 'Pools of threads for Raft, for applying, for reads and for the scheduler.',
      },
      {
        what: 'Sizes',
        here: 'Small: a Region splits when it holds a few entries, a log is compacted after a few.',
        tikv: 'Regions of 256 MiB, logs of tens of thousands of entries.',
      },
    ],
  },
  {
    title: 'Raft and Regions',
    rows: [
      {
        what: 'The first Region',
        here: 'Begins with a replica on every store, or on as many as there are to be.',
        tikv: 'Begins with one; PD adds the others.',
      },
      {
        what: 'Applying',
        here: 'In the step that commits.',
        tikv: 'By an actor of its own, some time later.',
      },
      {
        what: 'Reads',
        here: 'Ask a quorum (ReadIndex), unless lease reads are switched on or asked for. The lease is always kept.',
        tikv: 'Come from the lease wherever it holds.',
      },
      {
        what: 'Idle Regions',
        here: 'Keep their heartbeats, so that one sees timers run; sleep is a setting.',
        tikv: 'Sleep (hibernate).',
      },
      {
        what: 'Votes of an empty replica',
        here: 'Stand on the disk. This is stricter: a power loss cannot make it vote twice.',
        tikv: 'Are kept in memory until the first snapshot.',
      },
      {
        what: 'Orders to a Region',
        here: 'May be given to its leader directly, beside PD: members, transfers, splits, compactions.',
        tikv: 'Come from PD’s operators.',
      },
      {
        what: 'Not here yet',
        here: 'Merge, unsafe recovery, witnesses, consistency checks.',
        tikv: 'All of these.',
      },
    ],
  },
  {
    title: 'The placement driver',
    rows: [
      {
        what: 'Members',
        here: 'One. Without it nobody gets timestamps, routes or operators.',
        tikv: 'Three or five, with a leader of their own.',
      },
      {
        what: 'Placement',
        here: 'So many voters, apart by location labels.',
        tikv: 'Placement rules of any shape.',
      },
      {
        what: 'Operators',
        here: 'Begin as soon as they are made, within limits by kind.',
        tikv: 'Wait in a queue, and each store has a limit too.',
      },
      {
        what: 'The score of a store',
        here: 'The bytes of its Regions.',
        tikv: 'The bytes, weighed with the room that is left.',
      },
    ],
  },
  {
    title: 'Clients and transactions',
    rows: [
      {
        what: 'Clients',
        here: 'One call in each message; batches go to Regions one after the other.',
        tikv: 'Calls are batched, and go to Regions side by side.',
      },
      {
        what: 'Transactions of the console',
        here: 'Optimistic, in two phases. A long one does not renew its lock.',
        tikv: 'Pessimistic too, with asynchronous commit and one phase, and heartbeats.',
      },
      {
        what: 'Deadlocks',
        here: 'A circle of waiting ends when somebody’s time is over.',
        tikv: 'A detector finds it at once.',
      },
      {
        what: 'Raw keys',
        here: 'Have no time to live and no keyspace; deleted ones leave a mark that nothing collects.',
        tikv: 'Have both, and are collected.',
      },
      {
        what: 'Left out',
        here: 'Flashback, pipelined writes, shared locks, the first API.',
        tikv: 'All of these.',
      },
    ],
  },
];
