//! The figures of a plan: one line a rule, with the field, its keys in a plan file, how it is read and how it is said.

use std::collections::{BTreeMap, BTreeSet};

use time::Date;

use super::{
    Provision, Stated,
    section::{Section, read_bounds, read_chain, read_times, with_words},
    words::{
        Board, Body, Bounds, Cover, DelegateBase, Share, Step, Times, Turn, bounds_in_words, chain_in_words,
        cover_in_words, delegates_in_words, times_in_words,
    },
};
use crate::rules::catalogue::Rule;

/// How a plan calls the bodies.
pub(super) type Names = BTreeMap<Body, String>;

macro_rules! figures {
    ($($(#[$doc:meta])* $rule:ident $field:ident: $type:ty = $keys:expr, $read:expr, $words:expr;)*) => {
        /// The figures of a plan. A field is `None` exactly where the plan is silent on its rule.
        #[derive(Debug, Clone, Default, PartialEq, Eq)]
        pub struct Figures {
            $($(#[$doc])* pub $field: Option<Stated<$type>>,)*
        }

        impl Figures {
            /// Reads the figure of one rule into its field, together with the provision that `provision` makes of the
            /// figure in words. The keys that belong to the figure are added to `known`.
            pub(super) fn read<'k>(
                &mut self,
                section: &Section<'_>,
                rule: Rule,
                bodies: Option<&Names>,
                known: &mut Vec<&'k str>,
                provision: impl FnOnce(Option<String>) -> Option<Provision>,
            ) -> Option<Provision> {
                match rule {
                    $(Rule::$rule => {
                        let keys: &[&'k str] = &$keys;
                        known.extend_from_slice(keys);
                        let read: fn(&Section<'_>) -> Option<$type> = $read;
                        let words: fn(&$type, Option<&Names>) -> String = $words;
                        let value = read(section);
                        let said = value.as_ref().map(|value| words(value, bodies)).filter(|said| !said.is_empty());
                        let provision = provision(said)?;
                        self.$field = value.map(|value| Stated { value, provision: provision.clone() });
                        Some(provision)
                    })*
                    _ => provision(None),
                }
            }

            /// The names of the values that a plan file states on a rule.
            #[must_use]
            pub fn keys(rule: Rule) -> &'static [&'static str] {
                match rule {
                    $(Rule::$rule => &$keys,)*
                    _ => &[],
                }
            }

            /// Drops what takes effect after that day.
            pub(super) fn keep_until(&mut self, day: Date) {
                $(self.$field.take_if(|stated| stated.provision.effective > day);)*
            }
        }
    };
}

fn list(items: &[String]) -> String {
    items.join("、")
}

fn chain(steps: &[Step], bodies: Option<&Names>) -> String {
    bodies.map(|bodies| chain_in_words(steps, bodies)).unwrap_or_default()
}

fn people(most: u32) -> String {
    format!("不超过 {most} 人")
}

figures! {
    /// ORG-01: the layers, top down.
    Org01 layers: Vec<String> = ["layers"], |file| file.strings("layers", 1), |layers, _| layers.join("＋");
    /// ORG-02: words that no post's name may hold.
    Org02 barred_titles: Vec<String> = ["titles"], |file| file.strings("titles", 1),
        |titles, _| format!("岗位名称不得含{}（主席团成员除外）", list(titles));
    Org04 turn: Turn = ["period", "exact"], |file| {
        file.one_of("period", &[("semester", ())]);
        file.boolean("exact").map(|exact| if exact { Turn::OneSemester } else { Turn::AtMostOneSemester })
    }, |turn, _| turn.in_words().to_owned();
    /// STF-01: about how many people a school union has.
    Stf01 school_total: u32 = ["about"], |file| file.number("about", 1..=500), |total, _| format!("{total} 人左右");
    /// STF-02: the most presidium members of a school union.
    Stf02 school_presidium: u32 = ["at_most"], |file| file.number("at_most", 1..=50), |most, _| people(*most);
    /// STF-03: the most departments of a school union.
    Stf03 departments: u32 = ["at_most"], |file| file.number("at_most", 1..=50), |most, _| format!("不超过 {most} 个");
    /// STF-04: heads of a department.
    Stf04 heads: Bounds = ["at_least", "at_most"], read_bounds, |bounds, _| bounds_in_words(*bounds);
    /// STF-05: the most staff of a department; whether heads count is a switch.
    Stf05 department_staff: u32 = ["at_most"], |file| file.number("at_most", 1..=100), |most, _| people(*most);
    /// STF-06: people of a college union.
    Stf06 college_total: Bounds = ["at_least", "at_most"], read_bounds, |bounds, _| bounds_in_words(*bounds);
    /// STF-07: the most presidium members of a college union.
    Stf07 college_presidium: u32 = ["at_most"], |file| file.number("at_most", 1..=50), |most, _| people(*most);
    /// STF-10: the least share of school staff who come from college unions.
    Stf10 from_colleges: Share = ["share"], |file| file.share("share"), |share, _| format!("不少于 {share}");
    /// ELG-01: accepted political statuses; probationary members are a switch.
    Elg01 political: Vec<String> = ["political"], |file| file.strings("political", 1), |items, _| list(items);
    /// ELG-03: the best share of the major's ranking.
    Elg03 rank_share: Share = ["share"], |file| file.share("share"), |share, _| format!("前 {share} 以内");
    /// ELG-04: the most failed courses.
    Elg04 failed_courses: u32 = ["at_most"], |file| file.number("at_most", 0..=20), |most, _| match most {
        0 => "没有不及格课程".to_owned(),
        most => format!("不超过 {most} 门"),
    };
    /// VET-01: candidates for the school presidium.
    Vet01 presidium_chain: Vec<Step> = ["chain"], read_chain, |steps, names| chain(steps, names);
    /// VET-02: members of the school's departments.
    Vet02 department_chain: Vec<Step> = ["chain"], read_chain, |steps, names| chain(steps, names);
    /// VET-03: candidates and staff of a college.
    Vet03 college_chain: Vec<Step> = ["chain"], read_chain, |steps, names| chain(steps, names);
    /// VET-04: where candidates come from.
    Vet04 candidate_sources: Vec<String> = ["sources"], |file| file.strings("sources", 1), |items, _| list(items);
    Con01 school_congress: Times = ["times", "per"], read_times, |times, _| times_in_words(*times);
    Con02 college_congress: Times = ["times", "per"], read_times, |times, _| times_in_words(*times);
    /// CON-03: how delegates are produced.
    Con03 delegate_chain: Vec<Step> = ["chain"], read_chain, |steps, names| chain(steps, names);
    /// CON-04: the least share of delegates, and of whom.
    Con04 delegates: (Share, DelegateBase) = ["share", "base"], |file| {
        let share = file.share("share");
        share.zip(file.one_of("base", &[("served", DelegateBase::Served), ("all", DelegateBase::All)]))
    }, |(share, base), _| delegates_in_words(*share, *base);
    /// CON-05: what the allocation covers.
    Con05 cover: BTreeSet<Cover> = ["cover"], |file| {
        let words = [("college", Cover::College), ("grade", Cover::Grade), ("society", Cover::Society)];
        file.words("cover", &words).map(|cover| cover.into_iter().collect())
    }, |cover, _| cover_in_words(cover);
    Rev01 board: Board = ["offices", "students_over"], |file| {
        let offices = file.words("offices", &with_words(Body::ALL, Body::slug));
        offices.zip(file.share("students_over")).map(|(offices, students_over)| Board { offices, students_over })
    }, |board, _| format!("学生代表超过 {}", board.students_over);
    /// REV-02: how often, and the posts that report.
    Rev02 reports: (Times, Vec<String>) = ["times", "per", "posts"], |file| {
        let times = read_times(file);
        times.zip(file.strings("posts", 1))
    }, |(times, posts), _| format!("{}：{}", times_in_words(*times), list(posts));
    /// REV-03: the aspects of a review.
    Rev03 aspects: Vec<String> = ["aspects"], |file| file.strings("aspects", 1), |items, _| list(items);
    /// DIS-01: the text that is pledged.
    Dis01 pledge: String = ["pledge"], |file| file.string("pledge", 60), |pledge, _| format!("《{pledge}》");
    /// DIS-02: the problems to be prevented.
    Dis02 problems: Vec<String> = ["problems"], |file| file.strings("problems", 1), |items, _| list(items);
    /// GUI-02: the controlled matters.
    Gui02 matters: Vec<String> = ["matters"], |file| file.strings("matters", 1), |items, _| list(items);
    /// GUI-03: full-time deputy secretaries who guide the union.
    Gui03 deputy_secretaries: u32 = ["exactly"], |file| file.number("exactly", 1..=5), |number, _| format!("{number} 名");
    /// GUI-08: the leader in charge, and leaders who take part.
    Gui08 leader: (String, Vec<String>) = ["leader", "taking_part"], |file| {
        let leader = file.string("leader", 40);
        leader.zip(file.strings("taking_part", 0))
    }, |(leader, _), _| leader.clone();
    /// GUI-09: the offices that cooperate.
    Gui09 offices: Vec<String> = ["offices"], |file| file.strings("offices", 1), |items, _| list(items);
    /// RGT-01: the areas in which students are heard; empty where the plan names none.
    Rgt01 areas: Vec<String> = ["areas"], |file| file.strings("areas", 0), |items, _| list(items);
}

impl Figures {
    /// The most presidium members of a union (STF-02, STF-07).
    #[must_use]
    pub fn most_on_presidium(&self, of_school: bool) -> Option<u32> {
        let stated = if of_school { &self.school_presidium } else { &self.college_presidium };
        stated.as_ref().map(|most| most.value)
    }
}
