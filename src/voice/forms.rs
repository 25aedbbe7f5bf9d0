//! What the forms of requests ask.

use serde::Deserialize;

use super::{
    request::{Hotline, Identity, Receiver, Settings},
    store::{Answer, NewUnit, Sending, Word},
};
use crate::{
    ids::{ContactPointId, VoiceUnitId},
    office::OfficeKind,
    rules::{
        proposal::Satisfaction,
        voice::{Area, Ending, Within},
    },
    text::{folded, trimmed},
    web::forms::{Errors, lines, written, written_if_any},
};

/// 提诉求 as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct AskForm {
    pub area: String,
    pub title: String,
    pub says: String,
    pub place: String,
    pub receiver: String,
    pub identity: String,
    /// `no`: its author does not want it read by others.
    pub publish: String,
    /// The point of the contact log from which it is made; empty where it is made from none.
    pub point: String,
}

/// A request that can be read.
pub(super) struct AskSays {
    pub area: Area,
    pub title: String,
    pub says: String,
    pub place: String,
    pub receiver: Receiver,
    pub identity: Identity,
    pub may_publish: bool,
    pub point: Option<ContactPointId>,
}

impl AskForm {
    /// Reads the form, or leaves an error beside each field. `receivers`: the unions that there are to ask.
    pub fn read(&self, receivers: &[Receiver], errors: &mut Errors) -> Option<AskSays> {
        let area = self.area.parse::<Area>().ok();
        if area.is_none() {
            errors.add("area", "请选择哪一方面");
        }
        let title = written(&self.title, 40, "title", "请用一句话写明是什么事", errors);
        if title.as_ref().is_some_and(|title| title.chars().count() < 2) {
            errors.add("title", "至少两个字");
        }
        let says = lines(&self.says, 1000, "says", "请写明情况和希望怎样解决", errors);
        let place = written_if_any(&self.place, 60, "place", errors);
        let receiver = self.receiver.parse::<Receiver>().ok().filter(|one| receivers.contains(one));
        if receiver.is_none() {
            errors.add("receiver", "请选择交给谁");
        }
        let identity = self.identity.parse::<Identity>().ok();
        if identity.is_none() {
            errors.add("identity", "请选择实名、仅答复单位可见还是匿名");
        }
        let point = self.point.parse::<ContactPointId>().ok();
        // The contact log, which others read, says whose entry the point is.
        if point.is_some() && identity.is_some_and(|identity| identity != Identity::Named) {
            errors.add("identity", "从联系记录转来的会与记录对上，看得出是谁提的，只能实名；不愿实名的，请另外提一件");
        }
        Some(AskSays {
            area: area?,
            title: title?,
            says: says?,
            place: place?,
            receiver: receiver?,
            identity: identity?,
            may_publish: self.publish != "no",
            point,
        })
    }
}

/// A code that was typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct CodeForm {
    pub code: String,
}

/// A student's act on their own request. `opened` names an anonymous one that this browser has opened with its code.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct OwnForm {
    pub opened: String,
    pub satisfaction: String,
    pub remark: String,
}

impl OwnForm {
    /// The word on an answer, or an error beside each field.
    pub fn word(&self, errors: &mut Errors) -> Option<Word> {
        let satisfaction = self.satisfaction.parse::<Satisfaction>().ok();
        if satisfaction.is_none() {
            errors.add("satisfaction", "请选择满意、基本满意或不满意");
        }
        let remark = written_if_any(&self.remark, 300, "remark", errors)?;
        if remark.is_empty() && satisfaction == Some(Satisfaction::Dissatisfied) {
            errors.add("remark", "不满意的，请写明还有什么没有解决");
        }
        let remark = (!remark.is_empty()).then_some(remark);
        satisfaction.filter(|_| errors.is_empty()).map(|satisfaction| Word { satisfaction, remark })
    }
}

/// 交办, 转办, 答复, 督办 as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct HandleForm {
    /// The unit's id; `own`: the receiving union itself.
    pub unit: String,
    pub says: String,
    pub ending: String,
    /// `yes`: it is read without names.
    pub publish: String,
}

impl HandleForm {
    /// Where it is sent, or an error beside the field. A word goes with it where `why` asks for one.
    pub fn sending(&self, why: Option<&'static str>, errors: &mut Errors) -> Option<Sending> {
        let unit = match self.unit.as_str() {
            "own" => Some(None),
            id => id.parse::<VoiceUnitId>().ok().map(Some),
        };
        if unit.is_none() {
            errors.add("unit", "请选择承办单位");
        }
        let says = match why {
            Some(ask) => written(&self.says, 300, "why", ask, errors),
            None => written_if_any(&self.says, 300, "says", errors),
        };
        Some(Sending { unit: unit?, says: says?, publish: self.publish == "yes" }).filter(|_| errors.is_empty())
    }

    /// The answer, or an error beside each field.
    pub fn answer(&self, errors: &mut Errors) -> Option<Answer> {
        let ending = self.ending.parse::<Ending>().ok();
        if ending.is_none() {
            errors.add("ending", "请选择已解决还是已说明情况");
        }
        let says = lines(&self.says, 1000, "says", "请填写答复", errors);
        Some(Answer { ending: ending?, says: says?, publish: self.publish == "yes" }).filter(|_| errors.is_empty())
    }

    /// The League committee's word.
    pub fn instruction(&self, errors: &mut Errors) -> Option<String> {
        written(&self.says, 300, "instruction", "请写明督办意见", errors)
    }
}

/// 诉求设置 as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct SettingsForm {
    pub take_up_hours: String,
    pub answer_days: String,
    pub emergency: String,
}

impl SettingsForm {
    pub fn of(settings: &Settings) -> Self {
        Self {
            take_up_hours: settings.within.take_up_hours.to_string(),
            answer_days: settings.within.answer_days.to_string(),
            emergency: settings.emergency.clone(),
        }
    }

    /// Reads the form, or leaves an error beside each field.
    pub fn read(&self, errors: &mut Errors) -> Option<Settings> {
        let take_up_hours = within(&self.take_up_hours, 240);
        if take_up_hours.is_none() {
            errors.add("take_up_hours", "应为 1 至 240 的整数");
        }
        let answer_days = within(&self.answer_days, 60);
        if answer_days.is_none() {
            errors.add("answer_days", "应为 1 至 60 的整数");
        }
        let emergency = lines(&self.emergency, 600, "emergency", "请至少写一个应急电话", errors);
        let wrong = emergency
            .iter()
            .flat_map(|text| text.lines())
            .find(|line| !trimmed(line).is_empty() && Hotline::read(line).is_none());
        if let Some(line) = wrong {
            errors.add("emergency", format!("“{line}”应写成“名称 电话”，如“校保卫处 0512-65001100”"));
        }
        let within = Within { take_up_hours: take_up_hours?, answer_days: answer_days? };
        Some(Settings { within, emergency: emergency? }).filter(|_| errors.is_empty())
    }
}

fn within(typed: &str, most: u32) -> Option<u32> {
    folded(typed).parse::<u32>().ok().filter(|number| (1..=most).contains(number))
}

/// The offices of the portal that may answer for a unit.
pub(super) const ANSWERING: &[OfficeKind] = &[
    OfficeKind::SchoolLeague,
    OfficeKind::StudentAffairs,
    OfficeKind::SchoolParty,
    OfficeKind::SchoolUnion,
    OfficeKind::GraduateUnion,
    OfficeKind::CollegeLeague,
    OfficeKind::CollegeParty,
    OfficeKind::CollegeUnion,
];

/// 承办单位 as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct UnitForm {
    pub name: String,
    pub duties: String,
    /// Empty: it does not answer in the portal itself.
    pub office: String,
}

impl UnitForm {
    /// Reads the form, or leaves an error beside each field.
    pub fn read(&self, errors: &mut Errors) -> Option<NewUnit> {
        let name = written(&self.name, 40, "name", "请填写单位名称，如“后勤管理处”", errors);
        if name.as_ref().is_some_and(|name| name.chars().count() < 2) {
            errors.add("name", "至少两个字");
        }
        let duties = written_if_any(&self.duties, 100, "duties", errors);
        let office = self.office.parse::<OfficeKind>().ok().filter(|kind| ANSWERING.contains(kind));
        if office.is_none() && !self.office.is_empty() {
            errors.add("office", "请选择用哪个职务答复");
        }
        Some(NewUnit { name: name?, duties: duties?, office }).filter(|_| errors.is_empty())
    }
}
