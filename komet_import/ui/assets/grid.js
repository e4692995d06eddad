/* Runs inside the review grid's own frame, before the grid is made; st_aggrid calls the functions by name.
   `context.json` is the server's last answer, see `_answer` in grid.py. User text arrives there and in the row data
   alone, and is only ever shown as text. */
window.komet = (() => {
  const PATIENCE_MS = 4_000; // then an edit counts as not saved, and all are sent again, each time after twice as long
  const LONGEST_MS = 60_000;
  const FOCUS_MS = 250;
  const LEFT_OUT = "_left_out";

  let api = null; // from the first data on
  let source = null;
  let answer = null;
  let waiting = []; // edits that the server has not acknowledged: [sequence, row, key, new, seen]
  let last = 0; // the highest sequence given
  let focus = null; // [number, row, key] of the last marked cell that was reported
  let scrolledTo = null;

  function now(context) {
    if (context.json !== source) {
      source = context.json;
      answer = JSON.parse(source);
    }
    return answer;
  }

  const mark = ({ context, data, colDef }) => now(context).marks[data._row]?.[colDef.field];
  const is = (state) => (cell) => mark(cell)?.[0] === state;
  const waitingFor = (row, key) => waiting.findLast((edit) => edit[1] === row && edit[2] === key);

  function isFocused({ context, data, colDef }) {
    const { focused } = now(context);
    return focused !== null && focused[0] === data._row && focused[1] === colDef.field;
  }

  function action({ context, data }) {
    const edit = waitingFor(data._row, LEFT_OUT);
    if (edit) return edit[3] ? now(context).words.skipped : "…";
    return now(context).rows[data._row][0];
  }

  function isLeftOut({ context, data }) {
    const edit = waitingFor(data._row, LEFT_OUT);
    return edit ? edit[3] !== "" : now(context).rows[data._row][1];
  }

  /* Typing starts a text editor, so that fast fingers never wait for a list; F2 and a double click open the list. The
     value that the list lacks stays on top, so that looking never loses it. */
  function editor(cell) {
    if (cell.eventKey?.length === 1) return { component: "agTextCellEditor" };
    const values = [...new Set([cell.value ?? "", "", ...now(cell.context).choices[cell.colDef.field]])];
    return openList(values);
  }

  function actionEditor(cell) {
    const { putBack, skip } = now(cell.context).words;
    return openList([cell.value, isLeftOut(cell) ? putBack : skip]);
  }

  // As if started by Enter: then the list opens at once.
  const openList = (values) => ({ component: "agSelectCellEditor", params: { values, eventKey: "Enter" } });

  function setText({ data, colDef, newValue }) {
    const seen = data[colDef.field] ?? ""; // a column that came later
    const text = newValue ?? ""; // a clear arrives as null
    if (text === seen) return false;
    data[colDef.field] = text;
    make(data._row, colDef.field, text, seen);
    return true;
  }

  function setAction({ context, data, newValue, oldValue }) {
    if (newValue === oldValue) return false;
    make(data._row, LEFT_OUT, newValue === now(context).words.skip ? "Yes" : "", "");
    return true;
  }

  function make(row, key, text, seen) {
    last += 1;
    const edit = [last, row, key, text, seen];
    waiting.push(edit);
    kept.put(edit);
    tell();
  }

  // Every unacknowledged edit goes along each time: Streamlit joins quick reruns and keeps the last value only.
  function tell() {
    const value = { edits: waiting, focus };
    const message = { isStreamlitMessage: true, type: "streamlit:setComponentValue", dataType: "json", value };
    window.parent.postMessage(message, window.location.origin);
    if (waiting.length) patience.begin();
  }

  /* The edits in the tab's own storage outlive this frame: the next grid of the draft, after a reload, a restart of the
     server or a filter, sends what it finds. */
  const kept = {
    place: (sequence) => `komet-edit ${answer.draft} ${sequence}`,
    put(edit) {
      try {
        sessionStorage.setItem(this.place(edit[0]), JSON.stringify(edit));
      } catch {
        // A browser that gives no storage, or no more: this frame alone holds the edit.
      }
    },
    drop: ([sequence]) => sessionStorage.removeItem(kept.place(sequence)),
    unknown() {
      return Object.keys(sessionStorage)
        .filter((place) => place.startsWith(this.place("")))
        .map((place) => JSON.parse(sessionStorage.getItem(place)))
        .filter(([sequence]) => waiting.every(([known]) => known !== sequence));
    },
  };

  function adopt() {
    const found = kept.unknown();
    waiting = [...waiting, ...found].sort(([one], [other]) => one - other);
    last = Math.max(last, ...waiting.map(([sequence]) => sequence));
    for (const [, row, key, text] of waiting) {
      const node = api.getRowNode(String(row));
      if (node && key !== LEFT_OUT) node.data[key] = text;
    }
    return found.length > 0;
  }

  // While another grid of the draft goes, it may still be typed into.
  window.addEventListener("storage", () => {
    if (api && adopt()) {
      api.refreshCells({ force: true });
      tell();
    }
  });

  const patience = {
    timer: null,
    span: PATIENCE_MS,
    isOver: false,
    begin() {
      this.timer ??= setTimeout(() => this.end(), this.span);
    },
    end() {
      this.timer = null;
      this.isOver = true;
      this.span = Math.min(2 * this.span, LONGEST_MS);
      tell();
      showUnsaved();
      api?.refreshCells({ force: true });
    },
    renew() {
      clearTimeout(this.timer);
      Object.assign(this, { timer: null, span: PATIENCE_MS, isOver: false });
      if (waiting.length) this.begin();
      showUnsaved();
    },
  };

  const keyOf = (colDef) => (colDef.field === "_action" ? LEFT_OUT : colDef.field);
  const isUnsaved = ({ data, colDef }) => patience.isOver && !!waitingFor(data._row, keyOf(colDef));

  const notice = document.createElement("div");
  notice.id = "unsaved";
  notice.setAttribute("role", "status");
  document.body.append(notice);

  function showUnsaved() {
    const cells = new Set(waiting.map(([, row, key]) => `${row} ${key}`)).size;
    const sentence = answer.words.unsaved[cells === 1 ? 0 : 1];
    notice.textContent = patience.isOver && cells ? sentence.replace("{count}", cells) : "";
  }

  const away = new AbortController();
  window.parent.addEventListener(
    "beforeunload",
    (event) => {
      if (patience.isOver && waiting.length) event.preventDefault();
    },
    { signal: away.signal },
  );
  window.addEventListener("pagehide", () => away.abort());

  function markedFocus() {
    const cell = api.getFocusedCell();
    const node = cell && api.getDisplayedRowAtIndex(cell.rowIndex);
    if (!node) return null;
    const place = { context: api.getGridOption("context"), data: node.data, colDef: cell.column.getColDef() };
    return mark(place) ? [node.data._row, place.colDef.field] : null;
  }

  let focusTimer = null;
  function focused() {
    focusTimer ??= setTimeout(() => {
      focusTimer = null;
      const cell = markedFocus();
      if (!cell || (focus && cell[0] === focus[1] && cell[1] === focus[2])) return;
      focus = [Math.max(focus?.[0] ?? 0, answer.focus) + 1, ...cell];
      tell();
    }, FOCUS_MS);
  }

  /* The server's values go into the rows without an event, so they raise no edit and cancel no typing; a cell with an
     edit still under way keeps it. */
  function takeTexts(texts) {
    for (const [row, cells] of Object.entries(texts)) {
      const node = api.getRowNode(row);
      for (const [key, text] of Object.entries(cells)) {
        if (node && !waitingFor(node.data._row, key)) node.data[key] = text;
      }
    }
  }

  function scrollTo(focused) {
    const place = JSON.stringify(focused);
    const node = focused && api.getRowNode(String(focused[0]));
    if (place === scrolledTo || (focused && node?.rowIndex == null)) return;
    scrolledTo = place;
    if (!focused) return;
    api.ensureIndexVisible(node.rowIndex);
    api.ensureColumnVisible(focused[1]);
  }

  function take({ api: its, context }) {
    const { acknowledged, texts, focused } = now(context);
    last = Math.max(last, answer.last);
    const isFirst = api === null;
    api = its;
    const done = waiting.filter(([sequence]) => sequence <= acknowledged);
    waiting = waiting.slice(done.length);
    done.forEach(kept.drop);
    takeTexts(texts);
    if (isFirst && adopt()) tell();
    if (done.length) patience.renew();
    api.refreshCells({ force: true });
    scrollTo(focused);
  }

  return {
    rowId: ({ data }) => String(data._row),
    isError: is("error"),
    isWarning: is("warning"),
    isChanged: is("changed"),
    isFocused,
    isLeftOut,
    isUnsaved,
    note: (cell) => (isUnsaved(cell) ? now(cell.context).words.notSaved : mark(cell)?.[1]),
    action,
    setText,
    setAction,
    editor,
    actionEditor,
    focused,
    take,
  };
})();
