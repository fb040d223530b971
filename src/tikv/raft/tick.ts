// Time, in ticks: elections for those who follow, heartbeats and quorum checks for who leads.

import { newMessage } from './message.ts';
import { abortTransfer, restartElectionTimer, type Raft } from './raft.ts';
import { step } from './step.ts';

/** True where there is probably something to handle. */
export function tick(raft: Raft): boolean {
  return raft.role === 'Leader' ? tickHeartbeat(raft) : tickElection(raft);
}

function tickElection(raft: Raft): boolean {
  raft.electionElapsed++;
  if (raft.electionElapsed < raft.randomizedElectionTimeout || !raft.promotable) return false;
  restartElectionTimer(raft);
  step(raft, newMessage('MsgHup', raft.id));
  return true;
}

function tickHeartbeat(raft: Raft): boolean {
  raft.heartbeatElapsed++;
  raft.electionElapsed++;
  let busy = false;
  if (raft.electionElapsed >= raft.settings.electionTick) {
    restartElectionTimer(raft);
    if (raft.checkQuorum) {
      busy = true;
      step(raft, newMessage('MsgCheckQuorum', raft.id));
    }
    if (raft.role === 'Leader') abortTransfer(raft, 'timed-out');
  }
  if (raft.role !== 'Leader') return busy;
  if (raft.heartbeatElapsed >= raft.settings.heartbeatTick) {
    raft.heartbeatElapsed = 0;
    busy = true;
    step(raft, newMessage('MsgBeat', raft.id));
  }
  return busy;
}
