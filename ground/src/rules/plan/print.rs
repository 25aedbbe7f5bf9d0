//! A plan as a plan file: what is printed says what was read.

use super::{
    Plan, Provision, SmallCohort,
    documents::write_documents,
    figures::Figures,
    keys::{Inline, Keys, day, quoted},
    own::write_own,
    words::Body,
};
use crate::rules::{
    Clause,
    catalogue::{CATALOGUE, Entry},
};

impl Plan {
    /// The plan as a plan file. Reading it gives the same plan; comments of the file it was read from are not kept.
    #[must_use]
    pub fn print(&self) -> String {
        let mut keys = Keys::default();
        keys.bare("format", 1);
        for (key, text) in [
            ("code", &self.code),
            ("title", &self.title),
            ("short", &self.short),
            ("document", &self.document),
            ("issuer", &self.issuer),
        ] {
            keys.text(key, text);
        }
        keys.bare("effective", day(self.effective));
        keys.text("effective_note", &self.effective_note);
        keys.list("basis", &self.basis);
        keys.list("unions", &self.unions.iter().map(|union| union.slug()).collect::<Vec<_>>());
        let stated =
            |entry: &&Entry| self.provisions.contains_key(&entry.rule) || self.quoted.contains_key(&entry.rule);
        let waiting = |entry: &&Entry| self.not_taken_down.contains(&entry.rule);
        let unstated = || CATALOGUE.iter().filter(|entry| !stated(entry));
        let silent: Vec<&str> = unstated().filter(|entry| !waiting(entry)).map(|entry| entry.code).collect();
        keys.list("silent", &silent);
        if !self.not_taken_down.is_empty() {
            keys.list("not_taken_down", &unstated().filter(waiting).map(|entry| entry.code).collect::<Vec<_>>());
        }
        write_documents(&self.documents, &mut keys);
        write_own(&self.own, &mut keys, |clause| self.print_clause(clause));
        self.print_bodies(&mut keys);
        self.print_switches(&mut keys);
        for entry in CATALOGUE {
            if let Some(provision) = self.provisions.get(&entry.rule) {
                self.print_rule(&mut keys, provision, Some(&self.figures));
            } else if let Some(provision) = self.quoted.get(&entry.rule) {
                self.print_rule(&mut keys, provision, None);
            }
        }
        keys.end()
    }

    fn print_bodies(&self, keys: &mut Keys) {
        keys.head("bodies");
        for body in Body::ALL {
            if let Some(name) = self.bodies.get(body) {
                keys.text(body.slug(), name);
            }
        }
    }

    fn print_switches(&self, keys: &mut Keys) {
        let small = match self.switches.small_cohort {
            SmallCohort::Nobody => "\"nobody\"",
            SmallCohort::First => "\"first\"",
            SmallCohort::Unknown => "\"unknown\"",
        };
        for (key, value) in [
            ("heads_inside", self.switches.heads_inside.to_string()),
            ("about_percent", self.switches.about_percent.to_string()),
            ("first_year_exempt", self.switches.first_year_exempt.to_string()),
            ("graduate_exempt", self.switches.graduate_exempt.to_string()),
            ("probationary_counts", self.switches.probationary_counts.to_string()),
            ("small_cohort", small.to_owned()),
        ] {
            keys.head(&format!("switch.{key}"));
            keys.bare("value", value);
            keys.text("reason", self.switches.reason_of(key));
        }
    }

    /// A rule's section; without figures where it is quoted and not judged.
    fn print_rule(&self, keys: &mut Keys, provision: &Provision, figures: Option<&Figures>) {
        keys.head(&format!("rule.{}", provision.rule.code()));
        keys.text("strength", provision.strength.slug());
        if let Some(note) = &provision.note {
            keys.text("note", note);
        }
        if provision.effective != self.effective {
            keys.bare("effective", day(provision.effective));
        }
        match figures {
            Some(figures) => figures.print(provision.rule, keys),
            None => keys.bare("judged", false),
        }
        keys.tables("clauses", &provision.clauses().map(|clause| self.print_clause(clause)).collect::<Vec<_>>());
    }

    fn print_clause(&self, clause: &Clause) -> String {
        let own = (clause.document != self.document).then(|| quoted(&clause.document));
        let table = Inline::default().text("id", &clause.id).maybe("document", own);
        table.text("section", &clause.section).text("quote", &clause.quote).end()
    }
}
