//! RGT: what students ask for, and when an office is to answer (RGT-01, RGT-02), open to every enrolled student (POL-03). That
//! offices answer within hours and days is practice: neither plan has a number.

use time::{Date, Duration, OffsetDateTime, Time};

use super::{Finding, Outcome, Plan, Rule, Verdict, proposal::Satisfaction};
use crate::{clock::CHINA, words::words, workdays::Workdays};

words! {
    /// What a request is about: the four areas of RGT-01 and the rest.
    Area:
    Study = "study", "学业发展";
    Health = "health", "身心健康";
    Integration = "integration", "社会融入";
    Rights = "rights", "权益维护";
    Other = "other", "其他";
}

words! {
    /// Where a request stands.
    ///
    /// ```text
    /// Received ──taken up──▶ Sent ──answered──▶ Answered ──the student agrees──▶ Confirmed
    ///    │                    ▲                     └──does not, the first time──▶ Sent
    ///    └──withdrawn──▶ Withdrawn ◀──withdrawn── Sent
    /// ```
    Stage:
    Received = "received", "待接收";
    Sent = "sent", "办理中";
    Answered = "answered", "已答复，待本人确认";
    Confirmed = "confirmed", "已办结";
    Withdrawn = "withdrawn", "已撤回";
}

impl Stage {
    /// It waits for an office.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Received | Self::Sent)
    }

    /// The tone of its tag.
    #[must_use]
    pub fn tone(self) -> &'static str {
        match self {
            Self::Received | Self::Withdrawn => "unknown",
            Self::Sent | Self::Answered => "warn",
            Self::Confirmed => "pass",
        }
    }
}

words! {
    /// What an answer comes to.
    Ending:
    Solved = "solved", "已解决";
    Explained = "explained", "已说明情况";
}

/// The time that offices have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Within {
    /// To take a request up, in hours of working days.
    pub take_up_hours: u32,
    /// To answer it, in working days.
    pub answer_days: u32,
}

/// What is usual at other universities.
pub const PRACTICE: Within = Within { take_up_hours: 24, answer_days: 3 };

/// When a request is to be taken up: so many hours later, of which only those of working days count.
#[must_use]
pub fn take_up_due(days: &Workdays, at: OffsetDateTime, hours: u32) -> OffsetDateTime {
    let (mut moment, mut left) = (at.to_offset(CHINA), Duration::hours(i64::from(hours.max(1))));
    while let Some(next) = moment.date().next_day() {
        let midnight = next.with_time(Time::MIDNIGHT).assume_offset(CHINA);
        if days.counts(moment.date()) {
            let room = midnight - moment;
            if left < room {
                return moment + left;
            }
            left -= room;
            if left.is_zero() {
                // The day's last minute, and not midnight of a day that may not count.
                return midnight - Duration::minutes(1);
            }
        }
        moment = midnight;
    }
    moment
}

/// The day by which a request is to be answered that was sent to an office on a day.
#[must_use]
pub fn answer_due(days: &Workdays, sent: Date, within: u32) -> Date {
    days.span(sent, within).last
}

/// A request may be taken in, passed by [`ask`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AdmittedRequest {
    area: Area,
}

impl AdmittedRequest {
    #[must_use]
    pub fn area(self) -> Area {
        self.area
    }
}

/// POL-03 and RGT-01: any enrolled student may ask, in one of the areas.
pub fn ask(plan: &Plan, enrolled: bool, area: Area) -> Verdict<AdmittedRequest> {
    let says = if enrolled {
        "在籍学生都可以提诉求"
    } else {
        "诉求由在籍学生提出，你的账号不是在籍学生"
    };
    let findings = vec![
        Finding::under(plan, Rule::Pol03, Outcome::of(enrolled), says.to_owned())
            .remedy("在籍情况有误的，请学生工作部门更正；已离校的，请直接联系有关单位"),
        Finding::under(plan, Rule::Rgt01, Outcome::Pass, format!("类别：{}", area.label())),
    ];
    Verdict::seal(findings, AdmittedRequest { area })
}

/// How many requests are late.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Late {
    pub take_up: i64,
    pub answer: i64,
}

/// RGT-01: what was asked is taken up and answered in time.
#[must_use]
pub fn in_time(plan: &Plan, late: Late, within: Within) -> Finding {
    let Late { take_up, answer } = late;
    let times =
        format!("接收 {} 小时、答复 {} 个工作日是实践惯例，本校可以调整", within.take_up_hours, within.answer_days);
    if take_up + answer == 0 {
        return Finding::under(plan, Rule::Rgt01, Outcome::Pass, format!("没有逾期未办的诉求（{times}）"));
    }
    let says = format!("逾期未接收 {take_up} 件，逾期未答复 {answer} 件（{times}）");
    Finding::under(plan, Rule::Rgt01, Outcome::Warn, says).remedy("先办逾期的；不属于承办单位职责的，及时转办")
}

/// Days within which what was raised in a session of 面对面 has its answer, or how far it is: practice.
pub const FACE_DAYS: i64 = 7;

/// The day by which what was raised is to have its answer: counted from the session, or from today where it is taken down later.
#[must_use]
pub fn face_due(held: Date, today: Date) -> Date {
    held.max(today - Duration::days(FACE_DAYS)) + Duration::days(FACE_DAYS)
}

/// RGT-04: what was raised face to face is followed up. `late`: points without an answer past their day.
#[must_use]
pub fn faces(plan: &Plan, late: i64) -> Finding {
    let practice = format!("{FACE_DAYS} 天内给出进展是实践惯例");
    if late == 0 {
        return Finding::under(plan, Rule::Rgt04, Outcome::Pass, format!("没有逾期未答复的问题（{practice}）"));
    }
    Finding::under(plan, Rule::Rgt04, Outcome::Warn, format!("{late} 个问题逾期没有进展（{practice}）"))
        .remedy("请答复单位尽快给出进展，由主办的学生会登记")
}

/// Where a student's word on an answer leads: the first time they do not agree, it is handled once more.
#[must_use]
pub fn after_word(turn: i16, satisfaction: Satisfaction) -> Stage {
    match satisfaction {
        Satisfaction::Dissatisfied if turn == 1 => Stage::Sent,
        Satisfaction::Satisfied | Satisfaction::Mostly | Satisfaction::Dissatisfied => Stage::Confirmed,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::{date, datetime};

    use super::*;
    use crate::{
        rules::plan::named,
        workdays::{Break, Schedule},
    };

    fn days() -> Workdays {
        let away = Break { name: "寒假".to_owned(), from: date!(2026 - 01 - 24), last: date!(2026 - 03 - 01) };
        Workdays::new(Schedule::announced(), vec![away])
    }

    #[test]
    fn hours_of_weekends_and_holidays_do_not_count() {
        let due = |at, hours| take_up_due(&days(), at, hours);
        assert_eq!(due(datetime!(2026-11-25 10:30 +8), 24), datetime!(2026-11-26 10:30 +8));
        assert_eq!(due(datetime!(2026-11-27 10:30 +8), 24), datetime!(2026-11-30 10:30 +8), "over a weekend");
        assert_eq!(due(datetime!(2026-11-28 10:30 +8), 24), datetime!(2026-11-30 23:59 +8), "asked on a Saturday");
        assert_eq!(due(datetime!(2026-09-30 20:00 +8), 24), datetime!(2026-10-08 20:00 +8), "over the holiday");
        assert_eq!(due(datetime!(2026-10-09 20:00 +8), 24), datetime!(2026-10-10 20:00 +8), "a Saturday made up");
        assert_eq!(due(datetime!(2026-11-27 17:00 UTC), 24), datetime!(2026-11-30 23:59 +8), "China's day");
        assert_eq!(answer_due(&days(), date!(2026 - 09 - 29), 3), date!(2026 - 10 - 09));
    }

    proptest! {
        /// Whatever the day, the hour and the time allowed: exactly so many hours and days that count lie before what is due.
        #[test]
        fn exactly_the_time_allowed_lies_before_what_is_due(
            minutes in 0_i64..365 * 24 * 60, hours in 1_u32..240, within in 1_u32..60
        ) {
            let (days, at) = (days(), datetime!(2026-01-01 00:00 +8) + Duration::minutes(minutes));
            let due = take_up_due(&days, at, hours);
            prop_assert!(due > at && days.counts(due.date()));
            let (mut moment, mut counted) = (at, Duration::ZERO);
            while moment < due {
                let midnight = moment.date().next_day().unwrap().with_time(Time::MIDNIGHT).assume_offset(CHINA);
                let end = midnight.min(due);
                if days.counts(moment.date()) {
                    counted += end - moment;
                }
                moment = end;
            }
            let allowed = Duration::hours(i64::from(hours));
            prop_assert!(counted == allowed || counted + Duration::minutes(1) == allowed, "{counted} of {allowed}");

            let last = answer_due(&days, at.date(), within);
            let later = std::iter::successors(at.date().next_day(), |day| day.next_day());
            let counting = later.take_while(|day| *day <= last).filter(|day| days.counts(*day)).count();
            prop_assert_eq!(counting, usize::try_from(within).unwrap());
            prop_assert!(days.counts(last));
        }
    }

    #[test]
    fn pol_03_every_enrolled_student_may_ask_and_rgt_01_in_an_area() {
        for (plan, clause) in [("suzhou-2020", "S1.4"), ("jining-2022", "J2.4.5")] {
            let plan = named(plan).unwrap();
            assert_eq!(ask(plan, true, Area::Health).permit().unwrap().area(), Area::Health);
            let findings = ask(plan, false, Area::Health).permit().unwrap_err();
            let refused = findings.iter().find(|one| one.verdict == Outcome::Fail).unwrap();
            assert_eq!((refused.rule, refused.clause.as_ref().unwrap().id.as_str()), (Rule::Pol03, clause));
        }
    }

    #[test]
    fn rgt_01_the_areas_are_those_of_the_plan_and_the_rest() {
        let quote = &named("suzhou-2020").unwrap().provision(Rule::Rgt01).unwrap().clause().quote;
        for area in Area::ALL.iter().filter(|area| **area != Area::Other) {
            assert!(quote.contains(area.label()), "{}", area.label());
        }
    }

    #[test]
    fn rgt_01_what_is_late_is_warned_of_under_the_clause() {
        let plan = named("suzhou-2020").unwrap();
        let late = in_time(plan, Late { take_up: 1, answer: 2 }, PRACTICE);
        assert_eq!(late.verdict, Outcome::Warn);
        assert!(late.message.contains("逾期未接收 1 件，逾期未答复 2 件") && late.message.contains("实践惯例"));
        assert_eq!(late.clause.unwrap().id, "S1.5");
        assert_eq!(in_time(plan, Late::default(), PRACTICE).verdict, Outcome::Pass);
    }

    #[test]
    fn rgt_04_what_was_raised_has_its_answer_within_a_week() {
        let held = date!(2026 - 11 - 20);
        assert_eq!(face_due(held, held), date!(2026 - 11 - 27));
        assert_eq!(face_due(held, date!(2026 - 11 - 23)), date!(2026 - 11 - 27));
        assert_eq!(face_due(held, date!(2026 - 12 - 20)), date!(2026 - 12 - 20), "never due before it was taken down");
        let jining = named("jining-2022").unwrap();
        let late = faces(jining, 2);
        assert_eq!((late.verdict, late.clause.unwrap().id.as_str()), (Outcome::Warn, "J3.3.4"));
        let silent = faces(named("suzhou-2020").unwrap(), 0);
        assert!(silent.clause.is_none() && silent.message.contains("未作规定"), "no words in a silent plan's mouth");
    }

    #[test]
    fn the_first_answer_is_sent_back_once() {
        assert_eq!(after_word(1, Satisfaction::Dissatisfied), Stage::Sent);
        assert_eq!(after_word(2, Satisfaction::Dissatisfied), Stage::Confirmed);
        assert_eq!(after_word(1, Satisfaction::Mostly), Stage::Confirmed);
    }
}
