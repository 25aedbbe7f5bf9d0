//! What the forms of a meeting ask, read into domain types.

use serde::Deserialize;
use time::OffsetDateTime;

use super::{
    nouns::{AgendaKind, DocumentKind, Guest, Hall, VoteKind},
    stated::StatedQuorum,
    store::{ItemDraft, MeetingDraft},
};
use crate::{
    elections::QUORUMS,
    rules::{
        election::Source,
        meeting::{Duty, Hands, MeetingRules},
    },
    text::{folded, is_hidden, trimmed},
    web::forms::{Errors, moment, moment_field, too_long, written, written_if_any},
};

/// The longest text of a document or of the minutes.
pub(super) const LONGEST_TEXT: usize = 20_000;

/// How a meeting is prepared.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct SetupForm {
    pub(super) starts: String,
    pub(super) place: String,
    pub(super) quorum: String,
    pub(super) majority: String,
    pub(super) source: String,
    pub(super) basis: String,
    pub(super) rows: String,
    pub(super) columns: String,
}

impl SetupForm {
    /// The form of a meeting that begins then, with what is stated, or with what practice does.
    pub(super) fn usual(starts_at: OffsetDateTime, stated: Option<&StatedQuorum>) -> Self {
        let rules = stated.map_or_else(MeetingRules::practice, |stated| stated.rules.clone());
        Self { starts: moment_field(starts_at), ..Self::of_rules(&rules) }
    }

    fn of_rules(rules: &MeetingRules) -> Self {
        let fraction = (rules.part, rules.whole);
        let known = QUORUMS.iter().find(|(.., known, strict)| *known == fraction && *strict == rules.strict);
        Self {
            quorum: known.map_or("", |(value, ..)| value).to_owned(),
            majority: rules.majority.slug().to_owned(),
            source: rules.source.slug().to_owned(),
            basis: rules.basis.clone(),
            ..Self::default()
        }
    }

    /// The form as a meeting was prepared.
    pub(super) fn of(meeting: &super::nouns::Meeting) -> Self {
        Self {
            starts: moment_field(meeting.starts_at),
            place: meeting.place.clone(),
            rows: meeting.hall.map(|hall| hall.rows.to_string()).unwrap_or_default(),
            columns: meeting.hall.map(|hall| hall.columns.to_string()).unwrap_or_default(),
            ..Self::of_rules(&meeting.rules)
        }
    }

    fn read_rules(&self, stated: Option<&StatedQuorum>, errors: &mut Errors) -> Option<MeetingRules> {
        let quorum = QUORUMS.iter().find(|(value, ..)| *value == self.quorum);
        if quorum.is_none() {
            errors.add("quorum", "请选择到会人数要求");
        }
        let majority = self.majority.parse().ok();
        if majority.is_none() {
            errors.add("majority", "请选择表决通过的票数要求");
        }
        let (_, _, (part, whole), strict) = quorum?;
        let rules = MeetingRules {
            part: *part,
            whole: *whole,
            strict: *strict,
            majority: majority?,
            ..MeetingRules::practice()
        };
        if let Some(stated) = stated {
            if stated.is_quorum_of(&rules) && rules.majority == stated.rules.majority {
                return Some(stated.rules.clone());
            }
            if stated.binds && !stated.is_quorum_of(&rules) {
                let (quorum, label) = (stated.rules.quorum_in_words(), stated.rules.label());
                errors.add("quorum", format!("应为：{quorum}（{label}）"));
                return None;
            }
        }
        let of_plan = stated.is_some_and(|stated| stated.rules.source == Source::Plan);
        let source = self.source.parse().ok().filter(|source| *source != Source::Plan || of_plan);
        let Some(source) = source else {
            errors.add("source", "请选择依据");
            return None;
        };
        if source == Source::Practice && stated.is_some() {
            errors.add("source", "到会人数有成文的规定，请选择依据");
            return None;
        }
        if source == Source::Practice {
            if !rules.is_practice() {
                errors.add("source", "与实践惯例不同的，请选择依据：章程、选举办法或团委决定");
            }
            return Some(rules);
        }
        let basis = written(&self.basis, 200, "basis", "请写明是哪一条、哪一次决定", errors)?;
        Some(MeetingRules { source, basis, ..rules })
    }

    fn read_hall(&self, errors: &mut Errors) -> Option<Hall> {
        let (rows, columns) = (folded(&self.rows), folded(&self.columns));
        if rows.is_empty() && columns.is_empty() {
            return None;
        }
        let number = |text: &str, least: u16| text.parse().ok().filter(|number| (least..=60).contains(number));
        let hall = number(&rows, 1).zip(number(&columns, 2)).map(|(rows, columns)| Hall { rows, columns });
        if hall.is_none() {
            errors.add("rows", "请填写会场的排数（1 至 60）和每排座位数（2 至 60），不排座次的两项都不填");
        }
        hall
    }

    pub(super) fn read(&self, stated: Option<&StatedQuorum>, errors: &mut Errors) -> Option<MeetingDraft> {
        let starts_at = moment(&self.starts);
        if starts_at.is_none() {
            errors.add("starts", "请填写开会的日期和时间");
        }
        let place = written(&self.place, 60, "place", "请填写会场", errors);
        let (rules, hall) = (self.read_rules(stated, errors), self.read_hall(errors));
        if !errors.is_empty() {
            return None;
        }
        Some(MeetingDraft { starts_at: starts_at?, place: place?, rules: rules?, hall })
    }
}

/// An item of the agenda.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct ItemForm {
    pub(super) kind: String,
    pub(super) title: String,
    pub(super) speaker: String,
    pub(super) document: String,
}

impl ItemForm {
    pub(super) fn read(&self, errors: &mut Errors) -> Option<ItemDraft> {
        let kind = self.kind.parse::<AgendaKind>().ok();
        if kind.is_none() {
            errors.add("kind", "请选择类别");
        }
        let title = titled(&self.title, 60, "title", errors);
        let speaker = written_if_any(&self.speaker, 40, "speaker", errors);
        let document = self.document.parse().ok();
        if document.is_none() && !self.document.is_empty() {
            errors.add("document", "请选择文件");
        }
        if !errors.is_empty() {
            return None;
        }
        Some(ItemDraft { kind: kind?, title: title?, speaker: speaker?, document })
    }
}

/// A title of 2 to `most` characters.
fn titled(text: &str, most: usize, field: &'static str, errors: &mut Errors) -> Option<String> {
    let title = written(text, most, field, "请填写名称", errors)?;
    if title.chars().count() < 2 {
        errors.add(field, "名称至少两个字");
        return None;
    }
    Some(title)
}

/// A text of several lines.
pub(super) fn long_text(text: &str, field: &'static str, errors: &mut Errors) -> String {
    let text = trimmed(text).replace("\r\n", "\n");
    if text.chars().count() > LONGEST_TEXT {
        errors.add(field, too_long(&text, LONGEST_TEXT));
    } else if text.chars().any(|c| c != '\n' && is_hidden(c)) {
        errors.add(field, "含有看不见的字符");
    }
    text
}

/// A document: its text, where no file is sent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct DocumentForm {
    pub(super) document_kind: String,
    pub(super) document_title: String,
    pub(super) body: String,
}

impl DocumentForm {
    pub(super) fn read_head(&self, errors: &mut Errors) -> Option<(DocumentKind, String)> {
        let kind = self.document_kind.parse().ok();
        if kind.is_none() {
            errors.add("document_kind", "请选择文件类别");
        }
        let title = titled(&self.document_title, 60, "document_title", errors);
        Some((kind?, title?))
    }
}

/// Somebody at the desk: what was typed, or the one picked among several.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct DeskForm {
    pub(super) who: String,
    /// The id of who was picked.
    pub(super) pick: String,
    pub(super) reason: String,
}

/// Somebody who sits in.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct GuestForm {
    pub(super) guest: String,
    pub(super) unit: String,
}

impl GuestForm {
    pub(super) fn read(&self, errors: &mut Errors) -> Option<Guest> {
        let name = written(&self.guest, 50, "guest", "请填写姓名", errors);
        let unit = written_if_any(&self.unit, 40, "unit", errors);
        Some(Guest { name: name?, unit: unit? })
    }
}

/// A check-in officer.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct OfficerForm {
    pub(super) number: String,
    pub(super) pick: String,
    pub(super) desk: String,
}

/// Several people, one a line, for a duty or from a printed roll.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct PeopleForm {
    pub(super) duty: String,
    pub(super) numbers: String,
    pub(super) pick: Vec<String>,
}

impl PeopleForm {
    pub(super) fn read_duty(&self, errors: &mut Errors) -> Option<Duty> {
        let duty = self.duty.parse().ok();
        if duty.is_none() {
            errors.add("duty", "请选择职责");
        }
        duty
    }
}

/// A vote by show of hands.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct HandsForm {
    pub(super) vote_kind: String,
    /// `yes`: a motion that names the constitution is of another kind all the same.
    pub(super) kind_checked: String,
    pub(super) motion: String,
    pub(super) votes_for: String,
    pub(super) against: String,
    pub(super) abstain: String,
    /// The mark of the votes and the lists that the page showed.
    pub(super) seen: String,
}

/// A vote as it was typed, before the rule has seen it.
pub(super) struct TypedVote {
    pub(super) kind: VoteKind,
    pub(super) motion: String,
    pub(super) hands: Hands,
}

impl HandsForm {
    /// The motion names the constitution and is entered as of another kind.
    pub(super) fn names_constitution(&self) -> bool {
        let kind = self.vote_kind.parse::<VoteKind>();
        self.motion.contains("章程") && kind.is_ok_and(|kind| kind != VoteKind::Constitution)
    }

    pub(super) fn read(&self, errors: &mut Errors) -> Option<TypedVote> {
        let kind = self.vote_kind.parse().ok();
        if kind.is_none() {
            errors.add("vote_kind", "请选择表决事项的类别");
        }
        // A constitution may need more votes than all else: under another kind it would pass with fewer.
        if self.names_constitution() && self.kind_checked != "yes" {
            let says = "表决事项涉及章程：通过、修改章程的，请改选“章程（修正案）”，票数按通过章程的要求计；\
                        确属其他事项的，请勾选“类别没有选错”";
            errors.add("vote_kind", says);
        }
        let motion = titled(&self.motion, 100, "motion", errors);
        let mut number = |text: &str, field: &'static str| {
            let number = folded(text).parse::<u32>().ok().filter(|number| *number <= 1_000_000);
            if number.is_none() {
                errors.add(field, "请填写人数，没有的填 0");
            }
            number
        };
        let votes_for = number(&self.votes_for, "votes_for");
        let against = number(&self.against, "against");
        let abstain = number(&self.abstain, "abstain");
        let hands = Hands { votes_for: votes_for?, against: against?, abstain: abstain? };
        Some(TypedVote { kind: kind?, motion: motion?, hands })
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct MinutesForm {
    pub(super) minutes: String,
    pub(super) held_on: String,
    /// The mark of the minutes that the page showed.
    pub(super) seen: String,
}
