//! Random plan files: whatever a plan says, it says the same after it was printed and read again.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::{BUILT_IN, Plan, named};
use crate::rules::{CATALOGUE, Rule};

/// Numbers from a seed.
struct Dice(u64);

impl Dice {
    fn up_to(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        ((mixed >> 27) ^ mixed) % (most + 1)
    }

    fn coin(&mut self) -> bool {
        self.up_to(1) == 1
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        let place = usize::try_from(self.up_to(of.len() as u64 - 1)).unwrap();
        of[place]
    }

    /// The line or nothing.
    fn maybe(&mut self, line: String) -> String {
        if self.coin() { line } else { String::new() }
    }

    /// A text of a TOML string, with what must be escaped in it.
    fn text(&mut self) -> String {
        let parts = ["主席团", "“执行”", "\\\"五\\\"", "\\\\", "不超过五人", "é", "〔2026〕", "# 不是注释", "1/3"];
        let number = 1 + self.up_to(2);
        (0..=number).map(|_| self.one(&parts)).collect::<String>() + "的条款"
    }

    fn list(&mut self, of: &[&str]) -> String {
        let chosen: Vec<String> = of.iter().filter(|_| self.coin()).map(|one| format!("\"{one}\"")).collect();
        format!("[{}]", if chosen.is_empty() { format!("\"{}\"", of[0]) } else { chosen.join(", ") })
    }

    fn share(&mut self) -> &'static str {
        self.one(&["30%", "1/3", "12.5%", "33.33%", "2/3", "100%", "0.01%"])
    }

    fn marks(&mut self) -> String {
        let periods = format!("periods = {}\n", self.list(&["semester", "year", "entry"]));
        let exempt = self.one(&[
            "exempt = []\n",
            "exempt = [{ who = \"first_year\", clause = \"C0\" }]\n",
            "exempt = [{ who = \"graduate\", clause = \"C0\" }, { who = \"first_year\", clause = \"C0\" }]\n",
        ]);
        self.maybe(periods) + &self.maybe("required_only = true\n".to_owned()) + &self.maybe(exempt.to_owned())
    }

    fn bands(&mut self, value: &str) -> String {
        self.maybe(format!("bands = [{{ below = 400, {value} }}, {{ from = 500, below = 900, {value} }}]\n"))
    }

    fn chain(&mut self) -> String {
        let mut steps = vec!["{ act = \"推荐\", by = [\"college_league\", \"class_branch\"], any = true }"];
        for more in [
            "{ act = \"公示\", kind = \"notice\", days = 5 }",
            "{ act = \"面试\", kind = \"interview\", by = [\"school_league\"] }",
            "{ act = \"联合审查\", by = [\"student_affairs\", { name = \"教务处\", acts = \"student_affairs\" }], together = true }",
            "{ act = \"试用\", kind = \"trial\" }",
            "{ act = \"民主测评\", kind = \"poll\", each = true }",
            "{ act = \"确定\", by = [\"school_party\"] }",
        ] {
            if self.coin() {
                steps.push(more);
            }
        }
        format!("chain = [{}]\n", steps.join(", "))
    }

    /// What a plan may say of how votes are counted.
    fn election(&mut self) -> String {
        let quorum = self.one(&[">2/3", "2/3", ">1/2", "1/2", "0"]);
        let (majority, tie) =
            (self.one(&["present", "valid", "due", "none"]), self.one(&["vacant", "second_round", "lot", "hands"]));
        let terms = [
            ("quorum", quorum),
            ("majority", majority),
            ("tie", tie),
            ("extra", self.one(&["0", "2", "20%", "1/3"])),
            ("write_in", self.one(&["yes", "no"])),
            ("write_in_needs_against", self.one(&["yes", "no"])),
            ("unreadable", self.one(&["abstain", "void"])),
            ("second_round", self.one(&["present", "none"])),
            ("constitution", self.one(&[">2/3", "2/3", ">1/2 due", "2/3 due"])),
        ];
        let table =
            |(point, value): &(&str, &str)| format!("{{ point = \"{point}\", value = \"{value}\", clause = \"C0\" }}");
        let said: Vec<String> = terms.iter().filter(|_| self.coin()).map(table).collect();
        self.maybe(format!("election = [{}]\n", said.join(", ")))
    }

    /// What a rule's figure may say; nothing for a rule without one.
    fn figure(&mut self, rule: Rule) -> String {
        let number = 1 + self.up_to(11);
        match rule {
            Rule::Org01 => format!("layers = {}\n", self.list(&["主席团", "工作部门"])),
            Rule::Org02 => format!("titles = {}\n", self.list(&["主席", "会长"])),
            Rule::Org04 => match self.up_to(2) {
                0 => format!("period = \"semester\"\nexact = {}\n", self.coin()),
                1 => format!("period = \"month\"\nnumber = {number}\nexact = {}\n", self.coin()),
                _ => format!("period = \"week\"\nexact = {}\nnumber = {number}\n", self.coin()),
            },
            Rule::Stf01 => {
                let decided = self.one(&["", ", decided = \"党委会\""]);
                let larger = self.maybe(format!("larger = {{ at_most = 60, condition = \"学生较多\"{decided} }}\n"));
                format!("{} = 40\n{larger}", self.one(&["about", "at_most"]))
            }
            Rule::Stf02 | Rule::Stf03 | Rule::Stf05 => format!("at_most = {number}\n"),
            Rule::Stf04 => self.one(&["at_most = 3\n", "at_least = 2\nat_most = 3\n"]).to_owned(),
            Rule::Stf06 => {
                let usual = self.one(&["at_most = 30\n", "at_least = 20\nat_most = 30\n"]);
                format!("{usual}{}", self.bands("at_most = 15"))
            }
            Rule::Stf07 => format!("at_most = {number}\n{}", self.bands("at_most = 4")),
            Rule::Stf08 => {
                let tables = "posts = [{ name = \"主席\", presidium = true }, { name = \"顾问\" }]\n";
                let posts = self.one(&[tables, "posts = [\"顾问\"]\n"]);
                self.maybe(posts.to_owned()) + &self.maybe("teachers = [\"秘书长\"]\n".to_owned())
            }
            Rule::Stf10 => format!("share = \"{}\"\n", self.share()),
            Rule::Elg01 => format!("political = {}\n", self.list(&["中共党员", "共青团员"])),
            Rule::Elg03 => {
                let bases = format!("bases = {}\n", self.list(&["major", "grade", "class", "college"]));
                let by = format!("by = {}\n", self.list(&["marks", "gpa", "assessment"]));
                let stricter = self.maybe("presidium = \"20%\"\n".to_owned());
                let share = if stricter.is_empty() { self.share() } else { "1/3" };
                format!("share = \"{share}\"\n{stricter}{}{}{}", self.maybe(bases), self.maybe(by), self.marks())
            }
            Rule::Elg04 => format!("at_most = {number}\n{}", self.marks()),
            Rule::Vet01 | Rule::Vet02 | Rule::Vet03 => self.chain(),
            Rule::Con03 => {
                let voters = format!("voters = \"{}\"\n", self.one(&["constituency", "college", "congress"]));
                self.chain() + &self.maybe(voters)
            }
            Rule::Vet05 => self.election(),
            Rule::Vet04 => format!("sources = {}\n", self.list(&["院系学生会", "优秀典型"])),
            Rule::Con01 | Rule::Con02 | Rule::Rev02 => {
                let every = self.one(&["", "every = 2\n", "every = 3\nsoonest = 1\n"]);
                let posts = match rule {
                    Rule::Rev02 => "posts = [\"主席团成员\"]\n",
                    Rule::Con02 => self.one(&["", "meeting_of_all_below = 400\n"]),
                    _ => "",
                };
                format!("times = {number}\nper = \"{}\"\n{every}{posts}", self.one(&["year", "semester"]))
            }
            Rule::Con04 => {
                let most = self.maybe("at_most_share = \"100%\"\n".to_owned());
                let base = self.one(&["served", "all", "members"]);
                format!("share = \"{}\"\nbase = \"{base}\"\n{most}", self.share())
            }
            Rule::Con05 => format!("cover = {}\n", self.list(&["college", "grade", "society"])),
            Rule::Con06 => {
                let share = format!("share = \"{}\"\n", self.share());
                self.maybe(share)
            }
            Rule::Rev01 => {
                let offices = self.list(&["student_affairs", "school_league"]);
                format!("offices = {offices}\nstudents_over = \"{}\"\n", self.share())
            }
            Rule::Rev03 => {
                let weights = self.maybe("weights = [60, 40]\n".to_owned());
                let most = self.maybe("excellent_at_most = 20\n".to_owned());
                format!("aspects = [\"政治表现\", \"工作成效\"]\n{weights}{most}")
            }
            Rule::Dis01 => format!("pledge = \"{}\"\n", self.text()),
            Rule::Dis02 => format!("problems = {}\n", self.list(&["功利化", "庸俗化"])),
            Rule::Gui02 => format!("matters = {}\n", self.list(&["章程", "人事"])),
            Rule::Gui03 => "exactly = 1\n".to_owned(),
            Rule::Gui08 => format!("leader = \"{}\"\ntaking_part = []\n", self.text()),
            Rule::Gui09 => format!("offices = {}\n", self.list(&["教务处", "保卫处"])),
            Rule::Rgt01 => self.one(&["areas = []\n", "areas = [\"食堂\"]\n"]).to_owned(),
            _ => String::new(),
        }
    }

    fn rule(&mut self, rule: Rule, judged: bool) -> String {
        let strength = self.one(&["hard", "soft", "duty", "implied"]);
        let note =
            if strength == "implied" || self.coin() { format!("note = \"{}\"\n", self.text()) } else { String::new() };
        let later = self.maybe("effective = 2027-09-01\n".to_owned());
        let figure = if judged { self.figure(rule) } else { "judged = false\n".to_owned() };
        let clauses: String = (0..=self.up_to(2)).fold(String::new(), |mut all, place| {
            let own = format!(", document = \"{}\"", self.text());
            let own = self.maybe(own);
            let (section, quote) = (self.text(), self.text());
            let _ = write!(all, "{{ id = \"C{place}\", section = \"{section}\", quote = \"{quote}\"{own} }},");
            all
        });
        format!("\n[rule.{rule}]\nstrength = \"{strength}\"\n{note}{later}{figure}clauses = [{clauses}]\n")
    }

    /// A plan file that says anything a plan file can say.
    fn plan(&mut self) -> String {
        let (_, built_in) = BUILT_IN[0];
        let from = built_in.find("[bodies]").unwrap();
        let to = built_in.find("[rule.").unwrap();
        let (mut lists, mut rules) = ([Vec::new(), Vec::new()], String::new());
        for entry in CATALOGUE {
            match if entry.rule == Rule::Pol00 { 0 } else { self.up_to(5) } {
                0..=2 => rules += &self.rule(entry.rule, true),
                3 => rules += &self.rule(entry.rule, false),
                4 => lists[0].push(entry.code),
                _ => lists[1].push(entry.code),
            }
        }
        let documents = self.one(&[
            "",
            "[[documents]]\nkind = \"constitution\"\nnumber = \"章程\"\ntitle = \"学生会章程\"\nissuer = \"学代会\"\nday = 2025-05-04\n",
        ]);
        let rules = if documents.is_empty() { rules } else { only_listed(&rules) };
        let own = self.one(&[
            "",
            "[[own]]\nname = \"联络员\"\ncheck = \"people\"\nasks = \"每班 1 名\"\n\
             clauses = [{ id = \"Q1\", section = \"五\", quote = \"每个班级设联络员一名\" }]\n",
            "[[own]]\nname = \"联络员\"\ncheck = \"people\"\nasks = \"每班 1 名\"\nat_least = 1\nunions = [\"college\"]\n\
             clauses = [{ id = \"Q1\", section = \"五\", quote = \"每个班级设联络员一名\" }]\n\
             [[own]]\nname = \"女生\"\ncheck = \"share\"\nasks = \"女生不少于三成\"\nat_least = \"30%\"\nsoft = true\n\
             clauses = [{ id = \"Q2\", section = \"五\", quote = \"女生一般不少于三成\" }]\n\
             [[own]]\nname = \"任期\"\ncheck = \"term\"\nasks = \"一年\"\nof = \"presidium\"\nyears = 1\nreelections = 0\n\
             clauses = [{ id = \"Q4\", section = \"六\", quote = \"任期一年不得连任\" }]\n\
             [[own]]\nname = \"部门任期\"\ncheck = \"term\"\nasks = \"一年\"\nof = \"department\"\nyears = 1\n\
             reelections = \"unlimited\"\n\
             clauses = [{ id = \"Q5\", section = \"六\", quote = \"部门成员任期一年可以连任\" }]\n\
             [[own]]\nname = \"经历\"\ncheck = \"experience\"\nasks = \"一年经历\"\nof = \"presidium\"\nmonths = 12\n\
             clauses = [{ id = \"Q6\", section = \"四\", quote = \"须有一年以上学生干部经历\" }]\n\
             [[own]]\nname = \"总结\"\ncheck = \"document\"\nasks = \"每学年一份\"\nby = \"06-30\"\n\
             clauses = [{ id = \"Q3\", section = \"六\", quote = \"每学年末提交工作总结\" }]\n",
        ]);
        let unions = self.list(&["school", "college", "graduate"]);
        format!(
            "format = 1\ncode = \"random-{}\"\ntitle = \"{}\"\nshort = \"随机\"\ndocument = \"{}\"\nissuer = \"{}\"\n\
             effective = 2026-09-01\neffective_note = \"{}\"\nbasis = [\"{}\"]\nunions = {unions}\nsilent = {:?}\n\
             not_taken_down = {:?}\n{documents}{own}{}{rules}",
            self.up_to(99),
            self.text(),
            self.text(),
            self.text(),
            self.text(),
            self.text(),
            lists[0],
            lists[1],
            &built_in[from..to],
        )
    }
}

/// A plan file that says anything a plan file can say, one for each seed.
pub(crate) fn plan_text(seed: u64) -> String {
    Dice(seed).plan()
}

/// The rules with every clause that names a document of its own quoting the constitution.
fn only_listed(rules: &str) -> String {
    let mut parts = rules.split(", document = \"");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let end = part.find("\" }").unwrap();
        format!("{text}, document = \"章程{}", &part[end..])
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_plan_that_is_printed_and_read_again_says_the_same(seed: u64) {
        let text = plan_text(seed);
        let plan = match Plan::parse(&text) {
            Ok(plan) => plan,
            Err(errors) => return Err(TestCaseError::fail(format!("{errors:?}\n{text}"))),
        };
        let printed = plan.print();
        match Plan::parse(&printed) {
            Ok(again) => prop_assert_eq!(&again, &plan),
            Err(errors) => return Err(TestCaseError::fail(format!("{errors:?}\n{printed}"))),
        }
    }
}

#[test]
fn the_built_in_plans_printed_and_read_again_say_the_same() {
    for (name, _) in BUILT_IN {
        let plan = named(name).unwrap();
        assert_eq!(Plan::parse(&plan.print()).as_ref(), Ok(plan));
    }
}
