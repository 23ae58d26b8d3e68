/** The editor of a study's text: loaded when the station is first gone to. It lives in a shadow root, where its styles need no permission of the page's policy. */
import {
  autocompletion,
  type CompletionContext,
  type CompletionResult,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint';
import { EditorState, StateEffect, StateField } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import type { PanelErrorFields } from '@gravpanel/panel';
import { tags } from '@lezer/highlight';
import { placeAt, type Schema, suggestions } from './schema-path.ts';

export interface EditorOptions {
  parent: HTMLElement;
  text: string;
  label: string;
  onChange: (text: string) => void;
  /** What completion knows: the schema, once it is there, and the columns of the table. */
  schema: () => Schema | undefined;
  columns: () => string[];
}

export interface StudyEditor {
  /** Puts another text in, where it differs. */
  setText(text: string): void;
  /** Marks what is wrong at its place. */
  setErrors(errors: PanelErrorFields[]): void;
  /** Tints the lines from … to, and brings them into view; none without. */
  setPart(lines: readonly [number, number] | undefined): void;
  destroy(): void;
}

const LOOK = EditorView.theme({
  '&': {
    color: 'var(--ink)',
    backgroundColor: 'var(--paper)',
    fontSize: '13px',
    height: '100%',
    border: '1px solid var(--border)',
    borderRadius: '3px',
  },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '1px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '20px', overflow: 'auto' },
  '.cm-content': { padding: '8px 0', caretColor: 'var(--accent)' },
  '.cm-cursor': { borderLeftColor: 'var(--accent)' },
  '.cm-gutters': { backgroundColor: 'var(--paper)', color: 'var(--ink3)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': {
    backgroundColor: 'color-mix(in srgb, var(--accent-soft) 55%, transparent)',
  },
  '.cm-part': { boxShadow: 'inset 3px 0 var(--accent)', backgroundColor: 'var(--accent-soft)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--accent-soft)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--paper)',
    color: 'var(--ink)',
    border: '1px solid var(--border)',
    borderRadius: '3px',
    fontFamily: 'var(--sans)',
    fontSize: '13px',
  },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--accent)', color: 'var(--paper)' },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--alert)' },
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    borderBottom: '2px solid var(--alert)',
    backgroundColor: 'var(--alert-soft)',
  },
});

const COLOURS = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--accent)' },
  { tag: [tags.string, tags.content, tags.number, tags.bool], color: 'var(--ok)' },
  { tag: tags.comment, color: 'var(--ink3)' },
]);

/** Room around a part that is brought into view, px. */
const MARGIN = 40;
const setPart = StateEffect.define<DecorationSet>();
/** The lines of what the form is at. */
const part = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (now, transaction) =>
    transaction.effects.reduce(
      (marks, effect) => (effect.is(setPart) ? effect.value : marks),
      now.map(transaction.changes),
    ),
  provide: (field) => EditorView.decorations.from(field),
});

/** Keys whose values are columns of the table. */
const COLUMN_KEYS = new Set([
  'unit',
  'time',
  'by',
  'count',
  'offset',
  'exposure',
  'weights',
  'variables',
  'columns',
  'rows',
  'name',
  'code',
]);

const completer =
  ({ schema, columns }: EditorOptions) =>
  (context: CompletionContext): CompletionResult | null => {
    const known = schema();
    const text = context.state.doc.toString();
    const place = placeAt(text, context.pos);
    if (!known || (place.from === context.pos && !context.explicit)) return null;
    const last = place.path.at(-1) ?? '';
    const formula = place.kind === 'value' && (last === 'formula' || last === 'where' || place.path[0] === 'derive');
    const names =
      place.kind === 'value' && (COLUMN_KEYS.has(last) || last === '*') ? columns() : formula ? columns() : [];
    const words = suggestions(known, place);
    if (words.length + names.length === 0) return null;
    return {
      from: place.from,
      options: [
        ...words.map((label) => ({ label, type: 'keyword', ...(place.kind === 'key' && { apply: `${label}: ` }) })),
        ...names.map((label) => ({ label, type: 'variable' })),
      ],
      validFor: /^[\p{L}\p{N}_.:^-]*$/u,
    };
  };

function diagnosticOf(state: EditorState, { message, hint, at, code }: PanelErrorFields): Diagnostic[] {
  if (at?.line === undefined || at.line > state.doc.lines) return [];
  const line = state.doc.line(at.line);
  const from = Math.min(line.to, line.from + Math.max(0, (at.column ?? 1) - 1));
  const to = at.column === undefined ? line.to : Math.min(line.to, from + Math.max(1, at.length ?? 1));
  return [
    {
      from,
      to: Math.max(to, from),
      severity: 'error',
      message: [message, hint].filter(Boolean).join('\n'),
      source: code,
    },
  ];
}

export function createEditor(o: EditorOptions): StudyEditor {
  const root = o.parent.shadowRoot ?? o.parent.attachShadow({ mode: 'open' });
  let quiet = false;
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: o.text,
      extensions: [
        lineNumbers(),
        lintGutter(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        part,
        yaml(),
        syntaxHighlighting(COLOURS),
        autocompletion({ override: [completer(o)] }),
        // Tab leaves the editor: the keyboard must not be caught in it.
        keymap.of([...completionKeymap, ...historyKeymap, ...defaultKeymap]),
        EditorView.contentAttributes.of({ 'aria-label': o.label, tabindex: '0' }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !quiet) o.onChange(update.state.doc.toString());
        }),
        LOOK,
      ],
    }),
  });
  return {
    setText(text) {
      const now = view.state.doc.toString();
      if (now === text) return;
      let from = 0;
      while (from < now.length && from < text.length && now[from] === text[from]) from++;
      let [a, b] = [now.length, text.length];
      while (a > from && b > from && now[a - 1] === text[b - 1]) {
        a--;
        b--;
      }
      quiet = true;
      view.dispatch({ changes: { from, to: a, insert: text.slice(from, b) } });
      quiet = false;
    },
    setErrors(errors) {
      view.dispatch(
        setDiagnostics(
          view.state,
          errors.flatMap((error) => diagnosticOf(view.state, error)),
        ),
      );
    },
    setPart(lines) {
      const { doc } = view.state;
      const [from, to] = lines ?? [1, 0];
      const marked = Array.from({ length: Math.min(to, doc.lines) - from + 1 }, (_, i) => doc.line(from + i).from);
      const marks = Decoration.set(marked.map((at) => Decoration.line({ class: 'cm-part' }).range(at)));
      view.dispatch({ effects: setPart.of(marks) });
      if (marked.length === 0) return;
      // Inside of the editor only: on a narrow page the form itself must stay where it is.
      const [{ top }, { bottom }] = [view.lineBlockAt(marked[0]), view.lineBlockAt(marked.at(-1)!)];
      const { scrollDOM } = view;
      if (bottom > scrollDOM.scrollTop + scrollDOM.clientHeight)
        scrollDOM.scrollTop = bottom + MARGIN - scrollDOM.clientHeight;
      if (top < scrollDOM.scrollTop) scrollDOM.scrollTop = Math.max(0, top - MARGIN);
    },
    destroy: () => view.destroy(),
  };
}
