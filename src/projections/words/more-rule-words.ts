// The rules of the store, of PD and of the transaction layer in words, as rule-words.ts has Raft's.

interface Words {
  readonly rule: string;
  readonly found: (f: (name: string) => string, holds: boolean) => string;
}

/** By the rule's id. */
export const MORE_WORDS: Readonly<Record<string, Words>> = {
  'raftstore/epoch-current': {
    rule: 'A command is carried out only where its Region has the borders that the client knows.',
    found: (f) =>
      `the client knows version ${f('version')}, the Region is at ${f('currentVersion')}`,
  },
  'raftstore/conf-ver-current': {
    rule: 'A change of members is made only to the members that it was asked for.',
    found: (f) => `it knows conf_ver ${f('confVer')}, the Region is at ${f('currentConfVer')}`,
  },
  'raftstore/term-recent': {
    rule: 'A client whose knowledge is terms old is refused.',
    found: (f) => `it knows term ${f('known')}, and this is term ${f('term')}`,
  },
  'raftstore/read-applied': {
    rule: 'A read is answered once everything up to its index is applied.',
    found: (f) => `applied is ${f('applied')}, the read needs ${f('readIndex')}`,
  },
  'raftstore/read-own-term': {
    rule: 'A leader reads only after it has committed an entry of its own term.',
    found: (f) => `the last committed entry is of term ${f('committedTerm')}, this is ${f('term')}`,
  },
  'raftstore/vote-after-start': {
    rule: 'A store that has just started votes for nobody for one election time-out: it may have promised a leader not to.',
    found: (_, holds) => (holds ? 'that time is over' : 'that time is not over'),
  },
  'raftstore/persisted-before-send': {
    rule: 'A promise leaves only once it is on disk.',
    found: (f) => `promised is ${f('promised')}, on disk ${f('durable')}`,
  },
  'raftstore/lease-valid': {
    rule: 'A leader reads alone only while its lease is good: nobody else can lead meanwhile.',
    found: (_, holds) => (holds ? 'the lease is good' : 'the lease has run out'),
  },
  'raftstore/creates-peer': {
    rule: 'A message makes a peer only where the members name it.',
    found: (_, holds) => (holds ? 'they do' : 'they do not'),
  },
  'raftstore/snapshot-acceptable': {
    rule: 'A store takes a snapshot only if it speaks of its peer and brings something new.',
    found: (_, holds) => (holds ? 'it does' : 'it does not'),
  },
  'pd/heartbeat-fresh': {
    rule: 'PD takes a heartbeat only where nothing that it knows is newer: the leader’s term and the epoch of the Region, and the version of every other Region over its keys.',
    found: (f, holds) => {
      const said = `it says version ${f('version')}, conf_ver ${f('confVer')}, term ${f('term')}`;
      const known = `version ${f('knownVersion')}, conf_ver ${f('knownConfVer')}, term ${f('knownTerm')}`;
      if (f('knownRegion') === '?') return `${said}; PD knew nothing of these keys`;
      const whose = f('knownRegion') === f('region') ? '' : `Region ${f('knownRegion')} there in `;
      return `${said}, and PD knows ${whose}${known}${holds ? '' : ', which is newer'}`;
    },
  },
  'mvcc/lock-blocks-read': {
    rule: 'A read may not pass the lock of a transaction that could still commit before it.',
    found: (f, holds) =>
      holds
        ? `lock ${f('lockTs')} is older than the read at ${f('readTs')}`
        : `lock ${f('lockTs')} lets the read at ${f('readTs')} pass`,
  },
  'txn/write-conflict': {
    rule: 'A transaction may not write over a version that was committed after its start.',
    found: (f, holds) =>
      holds
        ? `a version was committed at ${f('conflictCommitTs')}, after its start at ${f('ts')}`
        : `the newest version, ${f('conflictCommitTs')}, is older than ${f('ts')}`,
  },
  'txn/self-rolled-back': {
    rule: 'A transaction that was rolled back on a key never writes there again.',
    found: (_, holds) => (holds ? 'it was rolled back here' : 'it was not'),
  },
  'txn/lock-expired': {
    rule: 'A lock may be cleaned up by others once its time to live is over.',
    found: (_, holds) => (holds ? 'it is over' : 'it is not over'),
  },
  'txn/own-lock-stands': {
    rule: 'A commit needs the transaction’s own lock to stand.',
    found: (_, holds) => (holds ? 'it stands' : 'it is gone'),
  },
  'txn/rollback-protected': {
    rule: 'A rollback of a primary leaves a record that no later commit can miss.',
    found: (_, holds) => (holds ? 'it is protected' : 'it is not protected'),
  },
  'txn/commit-ts-expired': {
    rule: 'A commit below the lock’s min_commit_ts is refused: a reader has been promised not to see it.',
    found: (f) => `its commit_ts is ${f('commitTs')}, the lock allows ${f('minCommitTs')} or later`,
  },
  'txn/push-min-commit-ts': {
    rule: 'A reader may push a lock’s min_commit_ts beyond its own timestamp and pass.',
    found: (_, holds) => (holds ? 'it is pushed' : 'it is not pushed'),
  },
};
