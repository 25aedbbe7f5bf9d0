//! What the forms of matters and prior reports ask.
//!
//! In one file: they share how moments and amounts of money are read.

use serde::{Deserialize, Serialize};
use time::{Date, Duration, OffsetDateTime};

use super::{
    matter::{Application, BudgetLine, ContactKind, Particulars, PartyReply, Source, budget_text},
    scheme::{CHAINS, Scheme},
    store::{NewAnswer, NewGround, NewLoan, Settled},
};
use crate::{
    ids::{DepartmentId, StudentId},
    rules::matters::{Answer, Ground, MatterKind, Measure, ReportKind, Word, fen, yuan},
    text::{chinese_days, folded, is_hidden, trimmed},
    web::forms::{Errors, lines, moment_field, moment_to_the_second, written},
};

/// The most fen of one line: ten million yuan.
const MOST: i64 = 1_000_000_000;
/// How far ahead something may be planned, in days.
const AHEAD: i64 = 366;

/// As [`lines`], where nothing need be written: then it is empty.
fn maybe(text: &str, most: usize, field: &'static str, errors: &mut Errors) -> Option<String> {
    if trimmed(text).is_empty() { Some(String::new()) } else { lines(text, most, field, "", errors) }
}

/// A budget: a line each, the name and then the amount in yuan.
pub fn budget(text: &str, errors: &mut Errors) -> Option<Vec<BudgetLine>> {
    let mut found = Vec::new();
    for (place, line) in (1..).zip(text.lines().map(trimmed).filter(|line| !line.is_empty())) {
        // As phones write it: `矿泉水：80 元`.
        let line = line.strip_suffix('元').map_or(line, str::trim_end);
        let parted = line.rsplit_once(|c: char| c.is_whitespace() || matches!(c, '：' | ':'));
        let read = parted.and_then(|(name, amount)| {
            let name = trimmed(name).trim_end_matches(['：', ':']);
            let fits = !name.is_empty() && name.chars().count() <= 60 && !name.chars().any(is_hidden);
            fen(amount, MOST).filter(|_| fits).map(|planned| (name.to_owned(), planned))
        });
        let Some((name, planned)) = read else {
            let says = format!("第 {place} 行应为“名称 金额”，如“矿泉水 80”；金额以元为单位，最多两位小数");
            errors.add("budget", says);
            return None;
        };
        found.push(BudgetLine { name, planned, spent: None, receipt: None });
    }
    if found.len() > 40 {
        errors.add("budget", "最多 40 项");
        return None;
    }
    Some(found)
}

/// An application as typed.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct MatterForm {
    pub kind: String,
    pub title: String,
    pub department: String,
    /// Who answers for it, by number or name.
    pub number: String,
    #[serde(skip_serializing)]
    pub pick: String,
    pub phone: String,
    pub starts: String,
    pub ends: String,
    pub place: String,
    pub people: String,
    pub off_campus: String,
    pub guests: String,
    pub safety: String,
    pub channel: String,
    pub body: String,
    pub partner: String,
    pub contact: String,
    pub source: String,
    pub why: String,
    pub how: String,
    pub budget: String,
    pub urgent: String,
}

/// The part of an application above who answers for it.
pub(super) struct Head {
    pub title: String,
    pub department: Option<DepartmentId>,
}

impl MatterForm {
    /// What an application says now, to be changed.
    pub fn of(says: &Application, lead_number: &str) -> Self {
        let mut form = Self {
            kind: says.kind().slug().to_owned(),
            title: says.title.clone(),
            department: says.department.map(|id| id.to_string()).unwrap_or_default(),
            number: lead_number.to_owned(),
            phone: says.phone.clone(),
            starts: moment_field(says.starts_at),
            why: says.why.clone(),
            how: says.how.clone(),
            budget: budget_text(&says.lines),
            urgent: says.urgent.clone().unwrap_or_default(),
            ..Self::default()
        };
        match &says.particulars {
            Particulars::Activity { ends_at, place, people, off_campus, guests, safety } => {
                form.ends = ends_at.map(moment_field).unwrap_or_default();
                form.place.clone_from(place);
                form.people = people.to_string();
                form.off_campus = if *off_campus { "yes".to_owned() } else { String::new() };
                form.guests.clone_from(guests);
                form.safety.clone_from(safety);
            }
            Particulars::Publication { channel, body } => {
                form.channel.clone_from(channel);
                form.body.clone_from(body);
            }
            Particulars::Contact { partner, contact } => {
                form.partner.clone_from(partner);
                contact.slug().clone_into(&mut form.contact);
            }
            Particulars::Funds { source } => source.slug().clone_into(&mut form.source),
        }
        form
    }

    pub fn is_off_campus(&self) -> bool {
        self.off_campus == "yes"
    }

    /// Reads title and department; `departments` are those of the union today.
    pub fn read_head(&self, departments: &[DepartmentId], errors: &mut Errors) -> Option<Head> {
        let title = written(&self.title, 60, "title", "请填写名称", errors);
        if title.as_ref().is_some_and(|title| title.chars().count() < 2) {
            errors.add("title", "至少两个字");
        }
        let department = match self.department.as_str() {
            "" => Some(None),
            typed => typed.parse::<DepartmentId>().ok().filter(|id| departments.contains(id)).map(Some),
        };
        if department.is_none() {
            errors.add("department", "请选择申请部门");
        }
        Some(Head { title: title?, department: department? })
    }

    /// Reads the rest, in the order of its fields.
    pub fn read_rest(
        &self,
        kind: MatterKind,
        head: Option<Head>,
        lead: Option<StudentId>,
        today: Date,
        errors: &mut Errors,
    ) -> Option<Application> {
        let phone = written(&folded(&self.phone), 30, "phone", "请填写联系电话", errors);
        if phone.as_ref().is_some_and(|phone| phone.chars().count() < 5) {
            errors.add("phone", "联系电话不完整");
        }
        let last = today + Duration::days(AHEAD);
        let starts_at = moment_to_the_second(&self.starts).filter(|at| (today..=last).contains(&at.date()));
        if starts_at.is_none() {
            errors.add("starts", format!("请填写{}之间的时间", chinese_days(today, last)));
        }
        let particulars = self.particulars(kind, starts_at, errors);
        let why = lines(&self.why, 500, "why", "请写明目的和意义", errors);
        let how = lines(&self.how, 2000, "how", "请写明过程和安排", errors);
        let lines = budget(&self.budget, errors);
        if kind == MatterKind::Funds && lines.as_ref().is_some_and(Vec::is_empty) {
            errors.add("budget", "请写明预算，一行一项");
        }
        let urgent = maybe(&self.urgent, 200, "urgent", errors);
        let Head { title, department } = head?;
        let says = Application {
            title,
            department,
            lead: lead?,
            phone: phone?,
            why: why?,
            how: how?,
            starts_at: starts_at?,
            particulars: particulars?,
            lines: lines?,
            urgent: urgent.map(|urgent| urgent.replace('\n', " ")).filter(|urgent| !urgent.is_empty()),
        };
        errors.is_empty().then_some(says)
    }

    fn particulars(
        &self,
        kind: MatterKind,
        starts_at: Option<OffsetDateTime>,
        errors: &mut Errors,
    ) -> Option<Particulars> {
        match kind {
            MatterKind::Activity => {
                let ends_at =
                    if self.ends.is_empty() { Some(None) } else { moment_to_the_second(&self.ends).map(Some) };
                if ends_at.is_none() {
                    errors.add("ends", "请填写结束时间");
                } else if ends_at.flatten().zip(starts_at).is_some_and(|(ends, starts)| ends <= starts) {
                    errors.add("ends", "结束时间应在开始以后");
                }
                let place = written(&self.place, 60, "place", "请填写地点", errors);
                let typed = folded(&self.people);
                let people = typed.trim_end_matches('人').trim_end().parse::<u32>().ok();
                let people = people.filter(|many| (1..=100_000).contains(many));
                if people.is_none() {
                    errors.add("people", "应为 1 至 100000 的整数");
                }
                let guests = maybe(&self.guests, 300, "guests", errors);
                let safety = maybe(&self.safety, 2000, "safety", errors);
                Some(Particulars::Activity {
                    ends_at: ends_at?,
                    place: place?,
                    people: people?,
                    off_campus: self.is_off_campus(),
                    guests: guests?,
                    safety: safety?,
                })
            }
            MatterKind::Publication => {
                let channel = written(&self.channel, 60, "channel", "请写明在哪里发布", errors);
                let body = lines(&self.body, 5000, "body", "请填写要发布的全文", errors);
                Some(Particulars::Publication { channel: channel?, body: body? })
            }
            MatterKind::Contact => {
                let partner = written(&self.partner, 100, "partner", "请写明联系的单位和人员", errors);
                let contact = self.contact.parse::<ContactKind>().ok();
                if contact.is_none() {
                    errors.add("contact", "请选择联系的方式");
                }
                Some(Particulars::Contact { partner: partner?, contact: contact? })
            }
            MatterKind::Funds => {
                let source = self.source.parse::<Source>().ok();
                if source.is_none() {
                    errors.add("source", "请选择经费来源");
                }
                Some(Particulars::Funds { source: source? })
            }
        }
    }
}

/// A step's word as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct SignForm {
    pub word: String,
    pub says: String,
    pub content: String,
}

/// A step's word that can be read.
pub(super) struct SaidWord {
    pub word: Word,
    pub says: String,
    pub content_read: bool,
}

impl SignForm {
    /// `reads`: this step answers for the content (DIS-03).
    pub fn read(&self, reads: bool, errors: &mut Errors) -> Option<SaidWord> {
        let word = self.word.parse::<Word>().ok();
        let content_read = self.content == "yes";
        if reads && word == Some(Word::Agree) && !content_read {
            errors.add("content", "同意以前须审核内容，并在这里确认");
        }
        if word.is_none() {
            errors.add("word", "请选择同意、退回修改或不同意");
        }
        let says = if word == Some(Word::Agree) && trimmed(&self.says).is_empty() {
            Some(Word::Agree.label().to_owned())
        } else {
            written(&self.says, 500, "says", "退回或不同意的，请写明原因，会告诉申请单位", errors)
        };
        let said = SaidWord { word: word?, says: says?, content_read };
        errors.is_empty().then_some(said)
    }
}

/// When something began, as typed; empty for now.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct BeginForm {
    pub at: String,
}

impl BeginForm {
    pub fn read(&self, now: OffsetDateTime, errors: &mut Errors) -> Option<OffsetDateTime> {
        if trimmed(&self.at).is_empty() {
            return errors.is_empty().then_some(now);
        }
        match moment_to_the_second(&self.at) {
            None => errors.add("at", "请填写时间，或者不填，以现在为准"),
            Some(at) if at > now => errors.add("at", "这个时间还没有到"),
            Some(at) => return errors.is_empty().then_some(at),
        }
        None
    }
}

/// A settlement as typed: a field each in the order of the budget.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct SettleForm {
    pub spent: Vec<String>,
    pub receipt: Vec<String>,
}

impl SettleForm {
    pub fn of(lines: &[BudgetLine]) -> Self {
        Self {
            spent: lines.iter().map(|line| line.spent.map(yuan).unwrap_or_default()).collect(),
            receipt: lines.iter().map(|line| line.receipt.clone().unwrap_or_default()).collect(),
        }
    }

    pub fn spent(&self, place: usize) -> &str {
        self.spent.get(place).map_or("", String::as_str)
    }

    pub fn receipt(&self, place: usize) -> &str {
        self.receipt.get(place).map_or("", String::as_str)
    }

    pub fn read(&self, lines: &[BudgetLine], errors: &mut Errors) -> Option<Vec<Settled>> {
        let mut settled = Vec::new();
        for (place, line) in lines.iter().enumerate() {
            let spent = fen(self.spent(place), MOST);
            if spent.is_none() {
                errors.add("spent", format!("“{}”请填写实支，以元为单位；没有支出的填 0", line.name));
            }
            let typed = self.receipt(place);
            let receipt = maybe(typed, 60, "receipt", errors).map(|text| text.replace('\n', " "));
            let missing = receipt.as_ref().is_some_and(String::is_empty) && spent.is_some_and(|spent| spent > 0);
            if missing {
                errors.add("receipt", format!("“{}”有支出，请填写单据号", line.name));
            }
            if let (Some(spent), Some(receipt)) = (spent, receipt) {
                // Where nothing was spent there is no receipt to keep.
                settled.push(Settled { spent, receipt: Some(receipt).filter(|text| !text.is_empty() && spent > 0) });
            }
        }
        // A link leads to the first line's field, whichever line lacks it.
        errors.put_in_order(&["spent", "receipt"]);
        (errors.is_empty() && settled.len() == lines.len()).then_some(settled)
    }
}

/// One text: a summary, a reason.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct SummaryForm {
    pub summary: String,
}

impl SummaryForm {
    pub fn read(&self, errors: &mut Errors) -> Option<String> {
        lines(&self.summary, 2000, "summary", "请写总结：做了什么、多少人参加、效果和问题", errors)
    }
}

/// Why an approval is taken back.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct RevokeForm {
    pub reason: String,
}

/// Something borrowed, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct LoanForm {
    pub what: String,
    pub quantity: String,
    pub lender: String,
    pub due: String,
}

impl LoanForm {
    pub fn read(&self, today: Date, errors: &mut Errors) -> Option<NewLoan> {
        let what = written(&self.what, 60, "what", "请写明借了什么", errors);
        let quantity = folded(&self.quantity).parse::<i32>().ok().filter(|many| (1..=10_000).contains(many));
        if quantity.is_none() {
            errors.add("quantity", "应为 1 至 10000 的整数");
        }
        let lender = written(&self.lender, 60, "lender", "请写明向谁借的", errors);
        let last = today + Duration::days(AHEAD);
        let due_on = crate::text::day(&self.due).filter(|day| (today..=last).contains(day));
        if due_on.is_none() {
            errors.add("due", format!("请填写{}之间的归还日期", chinese_days(today, last)));
        }
        Some(NewLoan { what: what?, quantity: quantity?, lender: lender?, due_on: due_on? })
            .filter(|_| errors.is_empty())
    }
}

/// A prior report as typed.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct ReportForm {
    pub kind: String,
    /// The activity that it is about; empty for none.
    pub matter: String,
    pub title: String,
    /// Why it has to be reported: one of the grounds, in words.
    pub ground: String,
    pub says: String,
    pub why: String,
    /// `before` or `after`.
    pub when: String,
    pub at: String,
}

/// A report without its union and grounds.
pub(super) struct ReportSays {
    pub title: String,
    pub ground: String,
    pub says: String,
    pub why: String,
    pub planned_at: OffsetDateTime,
    pub happened_at: Option<OffsetDateTime>,
}

impl ReportForm {
    pub fn report_kind(&self) -> ReportKind {
        self.kind.parse().unwrap_or(ReportKind::Decision)
    }

    pub fn is_late(&self) -> bool {
        self.when == "after"
    }

    /// `grounds`: those that may be chosen; empty where the activity itself has them.
    pub fn read(&self, grounds: &[String], now: OffsetDateTime, errors: &mut Errors) -> Option<ReportSays> {
        let title = written(&self.title, 60, "title", "请填写名称", errors);
        if title.as_ref().is_some_and(|title| title.chars().count() < 2) {
            errors.add("title", "至少两个字");
        }
        if !grounds.is_empty() && !grounds.contains(&self.ground) {
            errors.add("ground", "请选择属于哪一类");
        }
        let says = lines(&self.says, 2000, "says", "请写明拟决定或开展什么", errors);
        let why = written(&self.why, 500, "why", "请写明理由", errors);
        let at = moment_to_the_second(&self.at);
        match at {
            None => errors.add("at", "请填写时间"),
            Some(at) if self.is_late() && at > now => errors.add("at", "已经决定或开展的，时间不能在现在以后"),
            Some(at) if !self.is_late() && at < now => {
                errors.add("at", "这个时间已经过了；确已决定或开展的，请选“已经决定或开展（迟报）”");
            }
            Some(_) => {}
        }
        let late = self.is_late();
        let says = ReportSays {
            title: title?,
            ground: self.ground.clone(),
            says: says?,
            why: why?,
            planned_at: at?,
            happened_at: at.filter(|_| late),
        };
        errors.is_empty().then_some(says)
    }
}

/// An answer as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct AnswerForm {
    pub answer: String,
    pub says: String,
    pub party: String,
}

impl AnswerForm {
    /// `pass_due`: the day by which it is passed on, where it is.
    pub fn read(&self, pass_due: Date, errors: &mut Errors) -> Option<NewAnswer> {
        let answer = self.answer.parse::<Answer>().ok();
        if answer.is_none() {
            errors.add("answer", "请选择答复");
        }
        let says = written(&self.says, 500, "says", "请写明答复的内容", errors);
        let pass_due = (self.party == "yes").then_some(pass_due);
        Some(NewAnswer { answer: answer?, says: says?, pass_due }).filter(|_| errors.is_empty())
    }
}

/// What the Party committee replied, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct ReplyForm {
    pub day: String,
    pub reply: String,
}

impl ReplyForm {
    /// Not before it was passed on, and not after today.
    pub fn read(&self, passed: Date, today: Date, errors: &mut Errors) -> Option<PartyReply> {
        let on = crate::text::day(&self.day).filter(|day| (passed..=today).contains(day));
        if on.is_none() {
            errors.add("day", format!("请填写{}之间的日期", chinese_days(passed, today)));
        }
        let says = written(&self.reply, 500, "reply", "请写明回复的内容", errors);
        Some(PartyReply { says: says?, on: on? }).filter(|_| errors.is_empty())
    }
}

/// A decision as typed.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct DecideForm {
    pub decided_at: String,
    pub decision: String,
}

/// A decision that can be read.
pub(super) struct DecisionSays {
    pub at: OffsetDateTime,
    pub says: String,
}

impl DecideForm {
    pub fn read(&self, now: OffsetDateTime, errors: &mut Errors) -> Option<DecisionSays> {
        let at = if trimmed(&self.decided_at).is_empty() { Some(now) } else { moment_to_the_second(&self.decided_at) };
        match at {
            None => errors.add("decided_at", "请填写时间，或者不填，以现在为准"),
            Some(at) if at > now => errors.add("decided_at", "这个时间还没有到"),
            Some(_) => {}
        }
        let says = written(&self.decision, 500, "decision", "请写明决定了什么", errors);
        Some(DecisionSays { at: at?, says: says? }).filter(|_| errors.is_empty())
    }
}

/// How matters are controlled, as typed: a field each in the order of the schemes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct RulesForm {
    pub chain: Vec<String>,
    pub lead: Vec<String>,
    pub large: Vec<String>,
}

impl RulesForm {
    pub fn of(schemes: &[Scheme]) -> Self {
        Self {
            chain: schemes.iter().map(|one| one.chosen().to_owned()).collect(),
            lead: schemes.iter().map(|one| one.lead_days.to_string()).collect(),
            large: schemes.iter().map(|one| one.large_days.to_string()).collect(),
        }
    }

    pub fn chain(&self, place: usize) -> &str {
        self.chain.get(place).map_or("", String::as_str)
    }

    pub fn lead(&self, place: usize) -> &str {
        self.lead.get(place).map_or("", String::as_str)
    }

    pub fn large(&self, place: usize) -> &str {
        self.large.get(place).map_or("", String::as_str)
    }

    /// The schemes as they are to be, of those that are.
    pub fn read(&self, schemes: &[Scheme], errors: &mut Errors) -> Option<Vec<Scheme>> {
        let days = |text: &str| folded(text).parse::<u32>().ok().filter(|days| *days <= 60);
        let mut read = Vec::new();
        for (place, scheme) in schemes.iter().enumerate() {
            let steps = CHAINS.iter().find(|(word, _)| *word == self.chain(place));
            if steps.is_none() {
                errors.add("chain", "请选择审批的环节");
            }
            let (lead, large) = (days(self.lead(place)), days(self.large(place)));
            if lead.is_none() {
                errors.add("lead", "应为 0 至 60 的整数");
            }
            if large.is_none() || lead > large {
                errors.add("large", "应为 0 至 60 的整数，不少于一般的天数");
            }
            if let (Some((_, steps)), Some(lead_days), Some(large_days)) = (steps, lead, large) {
                read.push(Scheme { steps: steps.to_vec(), lead_days, large_days, ..scheme.clone() });
            }
        }
        errors.is_empty().then_some(read)
    }
}

/// A ground as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct GroundForm {
    pub measure: String,
    pub label: String,
    pub threshold: String,
}

impl GroundForm {
    pub fn read(&self, errors: &mut Errors) -> Option<NewGround> {
        let measure = self.measure.parse::<Measure>().ok();
        let Some(measure) = measure else {
            errors.add("measure", "请选择按什么认定");
            return None;
        };
        let usual = super::scheme::USUAL_GROUNDS
            .iter()
            .find(|usual| usual.measure == measure && !matches!(measure, Measure::Decision | Measure::Named));
        let label = match usual {
            Some(usual) => Some(usual.label.to_owned()),
            None => written(&self.label, 60, "label", "请写明是哪一类事项或活动", errors),
        };
        if label.as_ref().is_some_and(|label| label.chars().count() < 2) {
            errors.add("label", "至少两个字");
        }
        let threshold = match measure {
            Measure::People => folded(&self.threshold).parse::<i64>().ok().filter(|many| (0..=100_000).contains(many)),
            Measure::Money => fen(&self.threshold, MOST),
            Measure::Guests | Measure::OffCampus | Measure::Decision | Measure::Named => None,
        };
        if threshold.is_none() && matches!(measure, Measure::People | Measure::Money) {
            errors.add("threshold", "请填写人数，或者以元为单位的金额");
        }
        let ground = Ground { measure, label: label?, threshold };
        errors.is_empty().then(|| NewGround { slug: usual.map(|usual| usual.slug.to_owned()), ground })
    }
}

/// Which ground is dropped.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct DropForm {
    pub key: String,
}
