//! The figures of a plan: one line a rule, with the field, its keys in a plan file, how it is read, how it is said
//! and how it is written.

use std::collections::{BTreeMap, BTreeSet};

use time::Date;

use super::{
    Provision, Stated,
    conditions::{Courses, Ranking},
    delegates::{DelegateShare, DelegateSteps},
    elections::{ElectionTerm, elections_in_words, read_elections, write_elections},
    keys::{Keys, list_of, quoted},
    periods::{CollegeCongress, Times, Turn},
    posts::OtherPosts,
    reviews::ReviewTerms,
    section::{Section, read_bounds, with_words},
    share::Share,
    sizes::{BySize, Total, by_size_in_words, read_by_size, write_by_size},
    steps::{Step, chain_in_words, read_chain, write_chain},
    words::{Board, Body, Bounds, Cover, bounds_in_words, cover_in_words},
};
use crate::rules::catalogue::Rule;

/// How a plan calls the bodies.
pub(super) type Names = BTreeMap<Body, String>;

macro_rules! figures {
    ($($(#[$doc:meta])* $rule:ident $field:ident: $type:ty = $keys:expr, $read:expr, $words:expr, $write:expr;)*) => {
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

            /// Writes the figure of one rule as a plan file has it.
            pub(super) fn print(&self, rule: Rule, into: &mut Keys) {
                match rule {
                    $(Rule::$rule => {
                        let write: fn(&$type, &mut Keys) = $write;
                        if let Some(stated) = &self.$field {
                            write(&stated.value, into);
                        }
                    })*
                    _ => {}
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

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the table of figures hands references")]
fn at_most(most: &u32, keys: &mut Keys) {
    keys.bare("at_most", most);
}

fn people(most: u32) -> String {
    format!("不超过 {most} 人")
}

figures! {
    /// ORG-01: the layers, top down.
    Org01 layers: Vec<String> = ["layers"], |file| file.strings("layers", 1), |layers, _| layers.join("＋"),
        |layers, keys| keys.list("layers", layers);
    /// ORG-02: words that no post's name may hold.
    Org02 barred_titles: Vec<String> = ["titles"], |file| file.strings("titles", 1),
        |titles, _| format!("岗位名称不得含{}（主席团成员除外）", list(titles)),
        |titles, keys| keys.list("titles", titles);
    Org04 turn: Turn = Turn::KEYS, Turn::read, |turn, _| turn.in_words(), |turn, keys| turn.write(keys);
    /// STF-01: how many people a school union has.
    Stf01 school_total: Total = Total::KEYS, Total::read, |total, _| total.in_words(), Total::write;
    /// STF-02: the most presidium members of a school union.
    Stf02 school_presidium: u32 = ["at_most"], |file| file.number("at_most", 1..=50), |most, _| people(*most), at_most;
    /// STF-03: the most departments of a school union.
    Stf03 departments: u32 = ["at_most"], |file| file.number("at_most", 1..=50), |most, _| format!("不超过 {most} 个"),
        at_most;
    /// STF-04: heads of a department.
    Stf04 heads: Bounds = ["at_least", "at_most"], read_bounds, |bounds, _| bounds_in_words(*bounds),
        |bounds, keys| bounds.write(keys);
    /// STF-05: the most staff of a department; whether heads count is a switch.
    Stf05 department_staff: u32 = ["at_most"], |file| file.number("at_most", 1..=100), |most, _| people(*most), at_most;
    /// STF-06: people of a college union.
    Stf06 college_total: BySize<Bounds> = ["at_least", "at_most", "bands"], read_by_size,
        |bounds, _| by_size_in_words(bounds), write_by_size;
    /// STF-07: the most presidium members of a college union.
    Stf07 college_presidium: BySize<u32> = ["at_most", "bands"], read_by_size, |most, _| by_size_in_words(most),
        write_by_size;
    /// STF-08: posts that there may be beside the three.
    Stf08 other_posts: OtherPosts = OtherPosts::KEYS, |file| Some(OtherPosts::read(file)), |posts, _| posts.in_words(), OtherPosts::write;
    /// STF-10: the least share of school staff who come from college unions.
    Stf10 from_colleges: Share = ["share"], |file| file.share("share"), |share, _| format!("不少于 {share}"),
        |share, keys| keys.bare("share", quoted(&share.to_string()));
    /// ELG-01: accepted political statuses; probationary members are a switch.
    Elg01 political: Vec<String> = ["political"], |file| file.strings("political", 1), |items, _| list(items),
        |items, keys| keys.list("political", items);
    /// ELG-03: the best share of a ranking.
    Elg03 ranking: Ranking = Ranking::KEYS, Ranking::read, |ranking, _| ranking.in_words(), Ranking::write;
    Elg04 failed_courses: Courses = Courses::KEYS, Courses::read, |courses, _| courses.in_words(), Courses::write;
    /// VET-01: candidates for the school presidium.
    Vet01 presidium_chain: Vec<Step> = ["chain"], read_chain, |steps, names| chain(steps, names),
        |steps, keys| write_chain(steps, keys);
    /// VET-02: members of the school's departments.
    Vet02 department_chain: Vec<Step> = ["chain"], read_chain, |steps, names| chain(steps, names),
        |steps, keys| write_chain(steps, keys);
    /// VET-03: candidates and staff of a college.
    Vet03 college_chain: Vec<Step> = ["chain"], read_chain, |steps, names| chain(steps, names),
        |steps, keys| write_chain(steps, keys);
    /// VET-04: where candidates come from.
    Vet04 candidate_sources: Vec<String> = ["sources"], |file| file.strings("sources", 1), |items, _| list(items),
        |items, keys| keys.list("sources", items);
    /// VET-05: how votes are counted, where that is written down.
    Vet05 elections: Vec<ElectionTerm> = ["election"], |file| Some(read_elections(file)), |terms, _| elections_in_words(terms),
        |terms, keys| write_elections(terms, keys);
    Con01 school_congress: Times = Times::KEYS, Times::read, |times, _| times.in_words(), |times, keys| times.write(keys);
    Con02 college_congress: CollegeCongress = CollegeCongress::KEYS, CollegeCongress::read, |said, _| said.in_words(),
        |said, keys| said.write(keys);
    /// CON-03: how delegates are produced.
    Con03 delegate_steps: DelegateSteps = DelegateSteps::KEYS, DelegateSteps::read, |steps, names| steps.in_words(names),
        |steps, keys| steps.write(keys);
    Con04 delegates: DelegateShare = DelegateShare::KEYS, DelegateShare::read, |share, _| share.in_words(),
        |share, keys| share.write(keys);
    /// CON-05: what the allocation covers.
    Con05 cover: BTreeSet<Cover> = ["cover"], |file| {
        file.words("cover", &with_words(Cover::ALL, Cover::slug)).map(|cover| cover.into_iter().collect())
    }, |cover, _| cover_in_words(cover),
        |cover, keys| keys.list("cover", &cover.iter().map(|one| one.slug()).collect::<Vec<_>>());
    /// CON-06: the least share of delegates who are no backbone of a union; none where the plan has no figure.
    Con06 ordinary_delegates: Option<Share> = ["share"],
        |file| Some(file.optional("share", |key| file.share(key))),
        |share, _| share.map(|share| format!("非学生会骨干的代表不低于 {share}")).unwrap_or_default(),
        |share, keys| if let Some(share) = share { keys.bare("share", quoted(&share.to_string())) };
    Rev01 board: Board = ["offices", "students_over"], |file| {
        let offices = file.words("offices", &with_words(Body::ALL, Body::slug));
        offices.zip(file.share("students_over")).map(|(offices, students_over)| Board { offices, students_over })
    }, |board, _| format!("学生代表超过 {}", board.students_over), |board, keys| {
        keys.list("offices", &board.offices.iter().map(|body| body.slug()).collect::<Vec<_>>());
        keys.bare("students_over", quoted(&board.students_over.to_string()));
    };
    /// REV-02: how often, and the posts that report.
    Rev02 reports: (Times, Vec<String>) = ["times", "per", "every", "soonest", "posts"], |file| {
        let times = Times::read(file);
        times.zip(file.strings("posts", 1))
    }, |(times, posts), _| format!("{}：{}", times.in_words(), list(posts)), |(times, posts), keys| {
        times.write(keys);
        keys.list("posts", posts);
    };
    /// REV-03: the aspects of a review, and what else the plan says of its score.
    Rev03 review: ReviewTerms = ReviewTerms::KEYS, ReviewTerms::read, |terms, _| terms.in_words(), ReviewTerms::write;
    /// DIS-01: the text that is pledged.
    Dis01 pledge: String = ["pledge"], |file| file.string("pledge", 60), |pledge, _| format!("《{pledge}》"),
        |pledge, keys| keys.text("pledge", pledge);
    /// DIS-02: the problems to be prevented.
    Dis02 problems: Vec<String> = ["problems"], |file| file.strings("problems", 1), |items, _| list(items),
        |items, keys| keys.list("problems", items);
    /// GUI-02: the controlled matters.
    Gui02 matters: Vec<String> = ["matters"], |file| file.strings("matters", 1), |items, _| list(items),
        |items, keys| keys.list("matters", items);
    /// GUI-03: full-time deputy secretaries who guide the union.
    Gui03 deputy_secretaries: u32 = ["exactly"], |file| file.number("exactly", 1..=5), |number, _| format!("{number} 名"),
        |number, keys| keys.bare("exactly", number);
    /// GUI-08: the leader in charge, and leaders who take part.
    Gui08 leader: (String, Vec<String>) = ["leader", "taking_part"], |file| {
        let leader = file.string("leader", 40);
        leader.zip(file.strings("taking_part", 0))
    }, |(leader, _), _| leader.clone(), |(leader, taking_part), keys| {
        keys.text("leader", leader);
        keys.bare("taking_part", list_of(taking_part));
    };
    /// GUI-09: the offices that cooperate.
    Gui09 offices: Vec<String> = ["offices"], |file| file.strings("offices", 1), |items, _| list(items),
        |items, keys| keys.list("offices", items);
    /// RGT-01: the areas in which students are heard; empty where the plan names none.
    Rgt01 areas: Vec<String> = ["areas"], |file| file.strings("areas", 0), |items, _| list(items),
        |items, keys| keys.list("areas", items);
}

impl Figures {
    /// The most presidium members of a union (STF-02, STF-07): the largest figure that may hold where a college's number of
    /// students decides.
    #[must_use]
    pub fn most_on_presidium(&self, of_school: bool, students: Option<u32>) -> Option<u32> {
        if of_school {
            return self.school_presidium.as_ref().map(|most| most.value);
        }
        self.college_presidium.as_ref().and_then(|most| most.value.of(students).into_iter().max())
    }
}
