//! What the forms about proposals ask.

use serde::{Deserialize, Serialize};
use time::{Date, Duration};

use super::{
    proposal::Settings,
    store::{ProposalText, Screening},
};
use crate::{
    ids::ProposalId,
    rules::proposal::{Ground, Matter, Satisfaction},
    text::{chinese_days, day, folded, trimmed},
    web::forms::{Errors, lines, written, written_if_any},
};

/// Seconders whom most universities ask for (practice).
pub(super) const SECONDERS: u32 = 2;
/// Working days within which an office replies (practice).
pub(super) const REPLY_WITHIN: u32 = 30;

/// 提案 as typed.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct ProposalForm {
    pub congress: String,
    pub matter: String,
    pub title: String,
    pub cause: String,
    pub advice: String,
}

impl ProposalForm {
    /// Reads the form, or leaves an error beside each field.
    pub fn read(&self, errors: &mut Errors) -> Option<ProposalText> {
        let title = written(&self.title, 60, "title", "请填写提案标题，一件提案只写一个问题", errors);
        if title.as_ref().is_some_and(|title| title.chars().count() < 2) {
            errors.add("title", "至少两个字");
        }
        let matter = self.matter.parse::<Matter>().ok();
        if matter.is_none() {
            errors.add("matter", "请选择类别");
        }
        let cause = lines(&self.cause, 1000, "cause", "请写明案由：问题是什么，有什么依据", errors);
        let advice = lines(&self.advice, 1000, "advice", "请写明建议：希望怎样解决", errors);
        let text = ProposalText { matter: matter?, title: title?, cause: cause?, advice: advice? };
        errors.is_empty().then_some(text)
    }
}

/// How a congress takes proposals, as typed.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct SettingsForm {
    pub closes_on: String,
    pub seconders: String,
}

impl SettingsForm {
    pub fn of(settings: Option<Settings>) -> Self {
        Self {
            closes_on: settings.map(|one| one.closes_on.to_string()).unwrap_or_default(),
            seconders: settings.map_or(SECONDERS, |one| one.seconders).to_string(),
        }
    }

    /// Reads the form, or leaves an error beside each field.
    pub fn read(&self, today: Date, errors: &mut Errors) -> Option<Settings> {
        let closes_on = coming_day(&self.closes_on, "closes_on", today, errors);
        let seconders = folded(&self.seconders).parse::<u32>().ok().filter(|many| (1..=20).contains(many));
        if seconders.is_none() {
            errors.add("seconders", "应为 1 至 20 的整数");
        }
        Some(Settings { closes_on: closes_on?, seconders: seconders? })
    }
}

fn coming_day(text: &str, field: &'static str, today: Date, errors: &mut Errors) -> Option<Date> {
    let last = today + Duration::days(366);
    let day = day(text).filter(|day| (today..=last).contains(day));
    if day.is_none() {
        errors.add(field, format!("请填写{}之间的日期", chinese_days(today, last)));
    }
    day
}

/// 审查 as typed.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct ScreenForm {
    /// `accept`, `join`, or the word of a ground.
    pub decision: String,
    pub joined: String,
    pub says: String,
}

impl ScreenForm {
    /// Reads the form, or leaves an error beside each field.
    pub fn read(&self, errors: &mut Errors) -> Option<(Screening, Option<String>)> {
        let screening = match self.decision.as_str() {
            "accept" => Some(Screening::Accept),
            "join" => {
                let other = self.joined.parse::<ProposalId>().ok();
                if other.is_none() {
                    errors.add("joined", "请选择并入哪一件提案");
                }
                other.map(Screening::Join)
            }
            word => {
                let ground = word.parse::<Ground>().ok();
                if ground.is_none() {
                    errors.add("decision", "请选择审查结果");
                }
                ground.map(Screening::Refuse)
            }
        };
        let says = written_if_any(&self.says, 300, "says", errors).filter(|says| !says.is_empty());
        if matches!(screening, Some(Screening::Refuse(_))) && says.is_none() {
            errors.add("says", "不予立案的，请向提案人说明情况");
        }
        screening.filter(|_| errors.is_empty()).map(|screening| (screening, says))
    }
}

/// 交办 and 答复 as typed.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct HandleForm {
    pub office: String,
    /// Who answers for the office in the portal, by number or name.
    pub handler: String,
    /// Who was picked of several of one name.
    pub pick: String,
    pub within: String,
    pub replied_on: String,
    pub says: String,
}

impl HandleForm {
    /// The office and the working days it has, or an error beside each field.
    pub fn office(&self, errors: &mut Errors) -> Option<(String, u32)> {
        let office = written(&self.office, 60, "office", "请填写承办部门的名称", errors);
        let within = folded(&self.within).parse::<u32>().ok().filter(|days| (1..=120).contains(days));
        if within.is_none() {
            errors.add("within", "应为 1 至 120 的整数");
        }
        office.zip(within)
    }

    /// The day and the words of a reply, or an error beside each field.
    pub fn reply(&self, today: Date, errors: &mut Errors) -> Option<(Date, String)> {
        let replied_on = day(&self.replied_on).filter(|day| *day <= today && *day > today - Duration::days(366));
        if replied_on.is_none() {
            errors.add("replied_on", "请填写答复日期，不能晚于今天");
        }
        replied_on.zip(lines(&self.says, 3000, "says", "请填写答复的内容", errors))
    }
}

/// What somebody says to a proposal on their phone: an answer, a name, a word on the reply.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct WordForm {
    pub peer: String,
    pub answer: String,
    pub satisfaction: String,
    pub remark: String,
    /// The mark of the draft that a seconder has read.
    pub seen: String,
}

impl WordForm {
    /// The proposer's word, or an error beside each field.
    pub fn rating(&self, errors: &mut Errors) -> Option<(Satisfaction, Option<String>)> {
        let satisfaction = self.satisfaction.parse::<Satisfaction>().ok();
        if satisfaction.is_none() {
            errors.add("satisfaction", "请选择满意、基本满意或不满意");
        }
        let remark = if trimmed(&self.remark).is_empty() {
            if satisfaction == Some(Satisfaction::Dissatisfied) {
                errors.add("remark", "不满意的，请写明原因，承办部门据此再次办理");
            }
            None
        } else {
            written(&self.remark, 300, "remark", "", errors)
        };
        satisfaction.filter(|_| errors.is_empty()).map(|satisfaction| (satisfaction, remark))
    }
}
