// The console's line as an editor of one line: completion in context, lines typed before, a mark where something is wrong.

import {
  acceptCompletion,
  autocompletion,
  closeCompletion,
  completionStatus,
  moveCompletionSelection,
  selectedCompletion,
  startCompletion,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete';
import { history, historyKeymap, standardKeymap } from '@codemirror/commands';
import { EditorState, Prec, StateEffect, StateField, type Extension } from '@codemirror/state';
import {
  Decoration,
  EditorView,
  keymap,
  placeholder,
  tooltips,
  WidgetType,
} from '@codemirror/view';
import { completions } from '../../lab/completions.ts';
import type { World } from '../../projections/world.ts';

export interface EditorWishes {
  world(): World;
  /** Enter: true where the line is taken. */
  run(line: string): void;
  leave(): void;
  /** The line typed so many places before (−1) or after (1) the one that is shown; null: there is none. */
  recall(by: -1 | 1, line: string): string | null;
}

const setWrong = StateEffect.define<{ readonly from: number; readonly to: number }>();

class Missing extends WidgetType {
  override toDOM(): HTMLElement {
    const mark = document.createElement('span');
    mark.className = 'console-missing';
    mark.setAttribute('aria-hidden', 'true');
    return mark;
  }
}

const wrong = StateField.define({
  create: () => Decoration.none,
  update(marks, { effects, docChanged, state }) {
    for (const effect of effects) {
      if (!effect.is(setWrong)) continue;
      const [from, to] = [effect.value.from, effect.value.to].map((at) =>
        Math.min(at, state.doc.length),
      ) as [number, number];
      const mark =
        from < to
          ? Decoration.mark({ class: 'console-wrong' }).range(from, to)
          : Decoration.widget({ widget: new Missing(), side: 1 }).range(from);
      return Decoration.set([mark]);
    }
    return docChanged ? Decoration.none : marks;
  },
  provide: (field) => EditorView.decorations.from(field),
});

const oneLine = EditorState.transactionFilter.of((transaction) => {
  if (transaction.newDoc.lines <= 1) return transaction;
  const text = transaction.newDoc.toString().replace(/\s*\n\s*/g, ' ');
  return [
    {
      changes: { from: 0, to: transaction.startState.doc.length, insert: text },
      selection: { anchor: text.length },
    },
  ];
});

const source =
  (wishes: EditorWishes) =>
  ({ state, pos, explicit }: CompletionContext): CompletionResult | null => {
    const line = state.doc.toString();
    if (line === '' && !explicit) return null;
    const { from, to, options, open } = completions(line, pos, wishes.world());
    const typed = line.slice(from, to);
    const known = options.length === 1 && options[0]?.text === typed;
    if (options.length === 0 || known) return null;
    const after = (text: string) => (open || /[({]$/.test(text) ? text : `${text} `);
    return {
      from,
      to,
      filter: false,
      options: options.map(({ text, means }) => ({
        label: text,
        detail: means,
        apply: after(text),
      })),
    };
  };

function arrow(view: EditorView, by: -1 | 1, wishes: EditorWishes): boolean {
  const { state } = view;
  const choosing = completionStatus(state) === 'active';
  if (choosing && (by === 1 || selectedCompletion(state) !== null))
    return moveCompletionSelection(by === 1)(view);
  closeCompletion(view);
  const line = wishes.recall(by, state.doc.toString());
  if (line !== null) setLine(view, line);
  return true;
}

function enter(view: EditorView, wishes: EditorWishes): boolean {
  if (selectedCompletion(view.state) !== null && acceptCompletion(view)) return true;
  closeCompletion(view);
  const line = view.state.doc.toString();
  if (line.trim() !== '') wishes.run(line);
  return true;
}

/** Takes the first completion, or the one that is chosen; where there is none, the focus moves on as everywhere. */
function tab(view: EditorView): boolean {
  if (completionStatus(view.state) !== 'active') return false;
  if (selectedCompletion(view.state) === null) moveCompletionSelection(true)(view);
  return acceptCompletion(view);
}

function escape(view: EditorView, wishes: EditorWishes): boolean {
  if (!closeCompletion(view)) wishes.leave();
  return true;
}

const keys = (wishes: EditorWishes): Extension =>
  Prec.highest(
    keymap.of([
      { key: 'Enter', run: (view) => enter(view, wishes) },
      { key: 'ArrowUp', run: (view) => arrow(view, -1, wishes) },
      { key: 'ArrowDown', run: (view) => arrow(view, 1, wishes) },
      { key: 'Tab', run: tab },
      { key: 'Ctrl-Space', run: startCompletion },
      { key: 'Escape', run: (view) => escape(view, wishes) },
    ]),
  );

/** An editor of one line in `parent`. */
export function newEditor(parent: HTMLElement, wishes: EditorWishes): EditorView {
  const extensions: Extension[] = [
    keys(wishes),
    history(),
    keymap.of([...standardKeymap, ...historyKeymap]),
    oneLine,
    wrong,
    // Above everything: the stage clips what leaves it.
    tooltips({ parent: document.body }),
    placeholder('put a 4 · get a · kill s1 · why s1 · help'),
    autocompletion({
      override: [source(wishes)],
      defaultKeymap: false,
      selectOnOpen: false,
      icons: false,
      aboveCursor: true,
      activateOnCompletion: () => true,
      interactionDelay: 0,
      optionClass: () => 'console-option',
      tooltipClass: () => 'console-options',
    }),
    EditorView.contentAttributes.of({
      'aria-label': 'Command',
      'aria-multiline': 'false',
      autocapitalize: 'off',
      autocorrect: 'off',
      spellcheck: 'false',
      enterkeyhint: 'send',
    }),
  ];
  return new EditorView({ parent, state: EditorState.create({ extensions }) });
}

/** Another line, the cursor at its end. */
export function setLine(view: EditorView, line: string): void {
  view.dispatch({
    changes: { from: 0, to: view.state.doc.length, insert: line },
    selection: { anchor: line.length },
    scrollIntoView: true,
  });
}

/** Offers what may come next. */
export function offer(view: EditorView): void {
  startCompletion(view);
}

/** Marks the characters that are meant. */
export function markWrong(
  view: EditorView,
  place: { readonly from: number; readonly to: number },
): void {
  view.dispatch({ effects: setWrong.of(place) });
}
