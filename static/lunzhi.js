// Comfort only: every page works without it.
document.documentElement.classList.add("has-script");
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
// Paper folds nothing. Browsers that cannot say so in their styles unfold before they print, and fold again.
let unfolded = [];
window.addEventListener("beforeprint", () => {
  unfolded = [...document.querySelectorAll("details.fold:not([open])")];
  for (const fold of unfolded) fold.open = true;
});
window.addEventListener("afterprint", () => {
  for (const fold of unfolded) fold.open = false;
});
// What is folded for phones alone lies open at a desk; newer browsers show it there before this says so.
if (matchMedia("(min-width: 46.01rem)").matches) {
  for (const fold of document.querySelectorAll("details.fold-narrow")) fold.open = true;
}
// What a link leads to is not left folded.
const unfold = () => {
  const led = document.getElementById(location.hash.slice(1));
  const fold = led && led.closest("details.fold:not([open])");
  if (!fold) return;
  fold.open = true;
  led.scrollIntoView();
};
window.addEventListener("hashchange", unfold);
unfold();
// Browsers that do not say which button sent a form are told by its click, which the Enter key brings about too.
let pressed = null;
document.addEventListener("click", (event) => {
  pressed = event.target.closest("button");
}, true);
const sender = (event) => event.submitter ?? (pressed && pressed.form === event.target ? pressed : null);
// What is done is sent once, however often a thumb taps: the answer to the second tap would say that it was done already, or
// it would be done twice. A long check says so; all else can be sent again after a moment, as when the network was away.
document.addEventListener("submit", (event) => {
  const [form, button] = [event.target, sender(event)];
  if (!button || form.getAttribute("method") !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  if (button.dataset.busy) {
    button.dataset.label = button.textContent;
    button.textContent = button.dataset.busy;
  } else {
    setTimeout(() => delete form.dataset.sent, 3000);
  }
});
// A page that came by sending a form is asked for by its address when one goes back to it or reloads it. Else a phone that
// has forgotten it shows an error of its own in place of a ballot, and a reload casts once more.
if (document.querySelector("[data-sent-here]")) history.replaceState(null, "", location.pathname);
// A page that comes back from the browser's memory can be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("button[data-label]")) button.textContent = button.dataset.label;
});
// On a long ballot: how many are chosen so far. The server says it again before anything is cast.
for (const running of document.querySelectorAll("[data-seats]")) {
  const contest = running.closest("fieldset");
  const say = () => {
    const named = [...contest.querySelectorAll("input[autocomplete=off]")].filter((line) => line.value.trim());
    const chosen = contest.querySelectorAll("input[value=F]:checked").length + named.length;
    const over = chosen > Number(running.dataset.seats);
    running.textContent = `应选 ${running.dataset.seats} 人，已选 ${chosen} 人${over ? "，超过了应选人数" : ""}`;
    running.classList.toggle("over", over);
  };
  contest.addEventListener("input", say);
  window.addEventListener("pageshow", say);
}
// What is pasted into a long text is never cut off unseen: near its end it is said how much was written, and what is too
// long is kept and not sent.
for (const area of document.querySelectorAll("textarea[data-most]")) {
  const most = Number(area.dataset.most);
  const says = document.createElement("p");
  says.className = "hint";
  says.setAttribute("role", "status");
  area.after(says);
  const say = () => {
    const written = [...area.value.trim()].length;
    says.textContent = written > most * 0.9 ? `已写 ${written} 字，最多 ${most} 字` : "";
    says.classList.toggle("over", written > most);
    area.setCustomValidity(written > most ? `不能超过 ${most} 字，现在 ${written} 字，请删减` : "");
  };
  area.addEventListener("input", say);
  window.addEventListener("pageshow", say);
}
// One box ticks all of its list.
for (const all of document.querySelectorAll("[data-all]")) {
  all.addEventListener("change", () => {
    const list = all.closest("table") || document;
    for (const box of list.querySelectorAll(`[name="${all.dataset.all}"]:not(:disabled)`)) box.checked = all.checked;
  });
}
// A password can be looked at while it is typed, by whoever is alone. It is sent hidden, as browsers that keep it expect.
for (const field of document.querySelectorAll("input[type=password][autocomplete$=password]")) {
  const show = document.createElement("button");
  const say = () => show.textContent = field.type === "password" ? "显示密码" : "隐藏密码";
  show.type = "button";
  show.className = "link reveal";
  show.addEventListener("click", () => {
    field.type = field.type === "password" ? "text" : "password";
    say();
  });
  if (field.form) {
    field.form.addEventListener("submit", () => {
      field.type = "password";
      say();
    });
  }
  say();
  field.after(show);
}
// Who signs in here signs in at the same university the next time.
const school = document.querySelector("form[action='/sign-in'] select[name=school]");
if (school) {
  try {
    const before = localStorage.getItem("school");
    if (!school.value && [...school.options].some((one) => one.value === before)) school.value = before;
    school.form.addEventListener("submit", () => localStorage.setItem("school", school.value));
  } catch {
    // A browser that keeps nothing asks each time.
  }
}
// What is to be corrected has the focus, also where a browser gives it to fields alone.
const faults = document.querySelector(".faults");
if (faults) faults.focus();
// A list worked through case by case is worked through with the keyboard: on the way from one case to the next the choice
// is at hand, and nothing is chosen yet; the page stays at its top. The first case is read from its beginning.
const keys = document.querySelector("form[data-keys] input[type=radio]");
if (keys && !document.querySelector("[role=alert]")) keys.focus({ preventScroll: true });
// A slip's QR code leads here with its three words behind the #, which no server sees: they are typed for the student.
const slip = document.querySelector("form[action='/activate']");
if (slip && location.hash) {
  const [school, number, code] = location.hash.slice(1).split("/").map(decodeURIComponent);
  history.replaceState(null, "", location.pathname);
  slip.elements.school.value = school;
  slip.elements.number.value = number ?? "";
  slip.elements.code.value = code ?? "";
  slip.elements.new.focus();
}
// So does the code of a slip for a vote in the hall.
const ticket = document.querySelector("form[action='/slip']");
if (ticket && location.hash) {
  ticket.elements.code.value = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
}
// A photo is made small before it is sent: phones take pictures of ten megabytes over slow networks, and the server keeps
// no more than this of them. Upright, on white, without the notes of its camera. What cannot be read here goes as it is.
for (const field of document.querySelectorAll("input[data-photo]")) {
  const [width, height] = field.dataset.photo.split("x").map(Number);
  const says = document.createElement("p");
  says.className = "hint";
  says.setAttribute("role", "status");
  field.after(says);
  let [making, wanted, turn] = [false, null, 0];
  const smaller = async (file) => {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, width / picture.width, height / picture.height);
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    const paper = canvas.getContext("2d");
    paper.fillStyle = "#fff";
    paper.fillRect(0, 0, canvas.width, canvas.height);
    paper.imageSmoothingQuality = "high";
    paper.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const drawn = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.9));
    return drawn && new File([drawn], file.name.replace(/\.[^.]*$/, "") + ".jpg", { type: "image/jpeg" });
  };
  const size = (bytes) => bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
  field.addEventListener("change", async () => {
    const [file, mine] = [field.files[0], ++turn];
    [says.textContent, making] = ["", false];
    if (!file) return;
    making = true;
    try {
      const made = await smaller(file);
      if (mine !== turn) return;
      if (made && made.size < file.size) {
        const chosen = new DataTransfer();
        chosen.items.add(made);
        field.files = chosen.files;
        says.textContent = `照片已缩小：${size(file.size)} → ${size(made.size)}`;
      }
    } catch {
      // It is no picture, or this browser cannot draw it: it goes as it is, and the server says what is wrong with it.
    }
    if (mine !== turn) return;
    making = false;
    field.dispatchEvent(new Event("made"));
    if (wanted) wanted.click();
  });
  // Sent in the meantime, the form waits for its picture.
  field.form.addEventListener("submit", (event) => {
    if (!making) return;
    event.preventDefault();
    event.stopPropagation();
    wanted = sender(event) ?? field.form.querySelector("button");
  });
}
// A file that is too large is named before it is sent.
for (const field of document.querySelectorAll("input[type=file]")) {
  const check = () => {
    const large = [...field.files].some((file) => file.size > 8 * 1024 * 1024);
    field.setCustomValidity(large ? "文件太大（最大 8 MB），请换一个小一点的文件" : "");
  };
  field.addEventListener(field.dataset.photo ? "made" : "change", check);
}
// Words that are marked in a document are those that are quoted.
for (const words of document.querySelectorAll("textarea[data-marks]")) {
  const text = document.getElementById(words.dataset.marks);
  document.addEventListener("selectionchange", () => {
    const marked = document.getSelection();
    if (!text || marked.isCollapsed || !text.contains(marked.anchorNode) || !text.contains(marked.focusNode)) return;
    const own = marked.getRangeAt(0);
    const pieces = [...text.querySelectorAll("[data-sentence]")].filter((one) => own.intersectsNode(one)).map((one) => {
      const piece = document.createRange();
      piece.selectNodeContents(one);
      if (own.compareBoundaryPoints(Range.START_TO_START, piece) > 0) piece.setStart(own.startContainer, own.startOffset);
      if (own.compareBoundaryPoints(Range.END_TO_END, piece) < 0) piece.setEnd(own.endContainer, own.endOffset);
      return piece.toString();
    });
    words.value = pieces.join("").trim();
  });
}
// A field that asks for a person suggests people while one types. Choosing one fills in the number and shows the name; a
// field above a column adds a line to it.
for (const field of document.querySelectorAll("[data-suggest]")) {
  const list = document.createElement("ul");
  list.id = `${field.id}-people`;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "符合的人");
  list.hidden = true;
  const says = document.createElement("p");
  says.className = "hint";
  says.setAttribute("role", "status");
  const box = document.createElement("div");
  box.className = "suggests";
  field.replaceWith(box);
  box.append(field, list);
  box.after(says);
  const found = document.getElementById(`${field.id}-found`);
  const column = field.dataset.into && document.getElementById(field.dataset.into);
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
  })) field.setAttribute(name, value);
  let [people, active, wait, asked] = [[], -1, 0, 0];
  const close = () => {
    list.hidden = true;
    active = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };
  const mark = (place) => {
    active = (place + people.length) % people.length;
    for (const [at, option] of [...list.children].entries()) option.setAttribute("aria-selected", String(at === active));
    field.setAttribute("aria-activedescendant", list.children[active].id);
    list.children[active].scrollIntoView({ block: "nearest" });
  };
  const choose = (person) => {
    close();
    says.textContent = "";
    if (column) {
      column.value = `${column.value.trimEnd()}\n${person.number} ${person.name}`.trimStart();
      field.value = "";
      says.textContent = `已加入：${person.name} ${person.place}`;
    } else {
      field.value = person.number;
      if (found) found.textContent = `✓ ${person.name} ${person.place}`;
    }
  };
  const show = (answer) => {
    people = answer.people;
    says.textContent = answer.says;
    list.replaceChildren(...people.map((person, at) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${at}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      const name = document.createElement("strong");
      name.textContent = person.name;
      const place = document.createElement("span");
      place.className = "quiet";
      place.textContent = person.place;
      option.append(name, ` ${person.number} `, place);
      option.addEventListener("click", () => choose(person));
      return option;
    }));
    list.hidden = people.length === 0;
    active = -1;
    field.removeAttribute("aria-activedescendant");
    field.setAttribute("aria-expanded", String(people.length > 0));
  };
  const ask = async () => {
    const [text, turn] = [field.value.trim(), ++asked];
    if (!text) {
      says.textContent = "";
      return close();
    }
    try {
      const answer = await fetch(field.dataset.suggest + encodeURIComponent(text));
      // What was asked before is answered too late.
      if (answer.ok && turn === asked && document.activeElement === field) show(await answer.json());
    } catch {
      close();
    }
  };
  field.addEventListener("input", (event) => {
    if (found) found.textContent = "";
    clearTimeout(wait);
    // Letters that an input method has not yet made into characters are nobody's name.
    if (!event.isComposing) wait = setTimeout(ask, 200);
  });
  field.addEventListener("compositionend", () => {
    clearTimeout(wait);
    wait = setTimeout(ask, 200);
  });
  field.addEventListener("keydown", (event) => {
    const open = !list.hidden;
    if (event.isComposing) return;
    if (event.key === "ArrowDown" && open) mark(active + 1);
    else if (event.key === "ArrowUp" && open) mark(active < 0 ? -1 : active - 1);
    else if (event.key === "Escape" && open) close();
    else if (event.key === "Enter" && open && active >= 0) choose(people[active]);
    else if (event.key === "Enter" && column) {
      if (people.length === 1 && open) choose(people[0]);
    } else return;
    event.preventDefault();
  });
  // A press on a suggestion keeps the cursor in the field.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  field.addEventListener("blur", close);
}
// A long text is kept as a draft while it is typed, in the way of the form's own button.
for (const form of document.querySelectorAll("form[data-draft]")) {
  const says = form.querySelector("[data-drafted]");
  let wait;
  const keep = async () => {
    const body = new URLSearchParams(new FormData(form));
    body.append("act", form.dataset.draft);
    try {
      const answer = await fetch(form.action, { method: "POST", body });
      // Whoever is signed out meanwhile is led to another page.
      const kept = answer.ok && answer.url.includes("done=saved");
      const now = new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" });
      says.textContent = kept ? `${now} 已自动存草稿` : "草稿没有存上，请按“存草稿”";
    } catch {
      says.textContent = "草稿没有存上，请检查网络，再按“存草稿”";
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(wait);
    wait = setTimeout(keep, 3000);
  });
  form.addEventListener("submit", () => clearTimeout(wait));
}
