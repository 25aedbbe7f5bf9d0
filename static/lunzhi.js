// Comfort only: every page works without it.
document.documentElement.classList.add("has-script");
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
// A long check says so, and is not sent twice.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button) return;
  if (event.target.dataset.sent) {
    event.preventDefault();
    return;
  }
  if (button.dataset.busy) {
    event.target.dataset.sent = "yes";
    button.dataset.label = button.textContent;
    button.textContent = button.dataset.busy;
  }
});
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
// One box ticks all of its list.
for (const all of document.querySelectorAll("[data-all]")) {
  all.addEventListener("change", () => {
    for (const box of document.getElementsByName(all.dataset.all)) box.checked = all.checked;
  });
}
// A list worked through case by case is worked through with the keyboard: the choice is at hand when the page opens, and
// nothing is chosen yet; the page stays at its top.
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
