// The page's own part of its session: its clock of animation frames, its copy of what the conductor says, and the calls
// that go through to it. Functions, not methods: views hand them on by themselves.

import type { RunAnswer } from '../lab/page-api.ts';
import { FrameClock } from './frame-clock.ts';
import { PageJournal } from './page-journal.ts';
import { OPENING_SPEED } from './pace.ts';
import type { ConductorCalls, EngineState, News, OpenRequest } from './protocol.ts';
import type { Caller, Port } from './rpc.ts';
import type { Clusters, Notice, Session, SessionState } from './session-types.ts';
import { reasonOf } from './stored.ts';

type Own = Pick<SessionState, 'playing' | 'speed' | 'autoPace' | 'behind'>;

const STARTING: EngineState = {
  phase: { name: 'starting' },
  cluster: null,
  deleted: null,
  storage: { kind: 'indexeddb' },
  host: 'workers',
  notices: [],
  linking: null,
  violations: [],
};

/** How long a person waits for something to come about. */
const UNTIL_WITHIN = '60s';

/** The page's own notices have numbers below zero. */
const HIDDEN: Notice = { id: -1, kind: 'tab-was-hidden' };

export class PageSession implements Session {
  readonly #caller: Caller<ConductorCalls>;
  readonly #clock = new FrameClock((stretch) => this.#pump(stretch));
  readonly #journal = new PageJournal();
  readonly #listeners = new Set<() => void>();
  #engine = STARTING;
  #own: Own = { playing: true, speed: OPENING_SPEED, autoPace: true, behind: 1 };
  #notices: readonly Notice[] = [];
  #state: SessionState = { ...this.#engine, ...this.#own };
  #visible = true;
  #drawn = true;
  #onlyToGoal = false;

  constructor(port: Port, caller: Caller<ConductorCalls>) {
    this.#caller = caller;
    port.addEventListener('message', ({ data }: MessageEvent<News>) => this.#hear(data));
    this.clusters = clustersOver(caller);
  }

  /** The first call: which cluster this page is about. */
  open(request: OpenRequest): void {
    // A link is read where it leads: time stands there until somebody lets it run.
    if (request.link !== null) this.stop();
    this.#caller.call
      .open(request)
      .then(({ linked }) => request.link !== null && !linked && this.play())
      .catch(this.#failed);
  }

  /** The conductor's thread is gone. */
  lose(reason: string): void {
    const error = new Error(reason);
    this.#caller.fail(error);
    this.#failed(error);
  }

  #hear(news: News): void {
    switch (news.news) {
      case 'state': {
        const known = this.#engine.violations.length;
        this.#engine = news.state;
        // What a recording that is run again holds has been seen.
        const seen = news.state.phase.name !== 'running';
        if (news.state.violations.length > known && !seen) this.stop();
        return this.#changed();
      }
      case 'reset':
        this.#clock.stand();
        return this.#journal.reset();
      case 'records':
        this.#drawn = this.#drawn && news.batch.length === 0;
        return this.#journal.take(news.batch, news.reached);
      default:
        // An answer to a call.
        return;
    }
  }

  #changed(): void {
    const notices = [...this.#engine.notices, ...this.#notices];
    this.#state = { ...this.#engine, ...this.#own, notices };
    for (const listener of this.#listeners) listener();
  }

  #set(change: Partial<Own>): void {
    this.#own = { ...this.#own, ...change };
    this.#changed();
  }

  readonly #failed = (error: unknown): void => {
    if (this.#engine.phase.name === 'failed') return;
    this.#engine = { ...this.#engine, phase: { name: 'failed', reason: reasonOf(error) } };
    this.#changed();
  };

  async #pump(stretch: Parameters<ConductorCalls['pump']>[0]): Promise<void> {
    try {
      const { ended } = await this.#caller.call.pump(stretch, this.#onlyToGoal);
      if (ended) this.stop();
    } catch (error) {
      this.#failed(error);
    }
  }

  /** From now on frames move time only towards a condition that is waited for, however late its coming about is heard. */
  onlyToGoal(only: boolean): void {
    this.#onlyToGoal = only;
  }

  /** Resolves when no frame is being computed. */
  settled(): Promise<void> {
    return this.#clock.settled();
  }

  /** Whether a frame has come since the newest records. */
  get drawn(): boolean {
    return this.#drawn;
  }

  readonly state = (): SessionState => this.#state;
  readonly subscribe: Session['subscribe'] = (listener) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly onRecords: Session['onRecords'] = (listener) => this.#journal.listen(listener);
  readonly kept: Session['kept'] = () => this.#journal.kept;

  readonly frame: Session['frame'] = (wallMs) => {
    this.#drawn = true;
    const runs = this.#own.playing && this.#visible && this.#engine.phase.name === 'running';
    if (!runs) return this.#clock.stand();
    this.#clock.frame(wallMs, this.#journal.reached, this.#own);
    if (this.#clock.behind !== this.#own.behind) this.#set({ behind: this.#clock.behind });
  };
  readonly shownAt = (): number => this.#journal.reached;
  readonly setVisible: Session['setVisible'] = (visible) => {
    const back = visible && !this.#visible && this.#own.playing;
    this.#visible = visible;
    if (back) {
      this.#notices = [HIDDEN];
      this.#changed();
    }
    if (visible) return;
    this.#clock.stand();
    this.#caller.call.leave().catch(this.#failed);
  };

  readonly play = (): void => this.#set({ playing: true });
  readonly stop = (): void => {
    this.#clock.stand();
    if (this.#own.playing || this.#own.behind !== 1) this.#set({ playing: false, behind: 1 });
  };
  readonly step = async (): Promise<boolean> => {
    this.stop();
    await this.settled();
    return (await this.#caller.call.step()).moved;
  };
  readonly until: Session['until'] = async (expression) => {
    this.stop();
    await this.settled();
    return this.#caller.call.until(expression, { within: UNTIL_WITHIN });
  };
  readonly cancel = (): void => void this.#caller.call.cancel().catch(this.#failed);
  readonly setSpeed: Session['setSpeed'] = (speed) => this.#set({ speed });
  readonly setAutoPace: Session['setAutoPace'] = (autoPace) => this.#set({ autoPace });
  readonly dismiss: Session['dismiss'] = (notice) => {
    if (notice > 0) return void this.#caller.call.dismiss(notice).catch(this.#failed);
    this.#notices = [];
    this.#changed();
  };

  readonly give: Session['give'] = (command) => this.#caller.call.give(command);
  readonly check: Session['check'] = (command) => this.#caller.call.check(command);
  /** `run`, `stop` and `speed` are the page's to carry out: the conductor's thread has no clock of its own. */
  readonly run = async (line: string): Promise<RunAnswer> => {
    const answer = await this.#caller.call.run(line);
    if (!answer.ok || answer.kind !== 'pace') return answer;
    const { pace } = answer;
    if (pace.type === 'speed') this.setSpeed(pace.speed);
    else if (pace.type === 'run') this.play();
    else {
      this.stop();
      await this.settled();
    }
    return answer;
  };
  readonly clusters: Clusters;
  readonly link: Session['link'] = (past = null) => this.#caller.call.link(past);
  readonly openLink: Session['openLink'] = async (link) => {
    const { playing } = this.#own;
    this.stop();
    await this.settled();
    const done = await this.#caller.call.openLink(link);
    if (!done.ok && playing) this.play();
    return done;
  };
  readonly exportRecording: Session['exportRecording'] = () => this.#caller.call.export();
  readonly importRecording: Session['importRecording'] = (json) =>
    this.#caller.call.import(json, 'end');
}

const clustersOver = ({ call }: Caller<ConductorCalls>): Clusters => ({
  list: () => call.list(),
  create: (plan) => call.create(plan),
  open: (id) => call.openCluster(id),
  rename: (id, name) => call.rename(id, name),
  remove: (id) => call.remove(id),
  undoRemove: () => call.undoRemove(),
  forgetDeleted: () => call.forgetDeleted(),
  startOver: () => call.startOver(),
  undoStartOver: () => call.undoStartOver(),
  dump: () => call.dump(),
  freshStart: () => call.freshStart(),
});
