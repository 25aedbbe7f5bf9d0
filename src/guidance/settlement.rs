//! 年度经费决算: what a union's settled matters came to in an academic year (GUI-02), behind the figures of the paper. A matter
//! counts in the year in which it was closed: until then its account is open.

use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

use crate::{
    clock::CHINA,
    failure::Failure,
    ids::UnionId,
    matters::store::{SettledMatter, open_accounts, settled},
    papers::{Column, Table, closed_up},
    rules::{matters::yuan, yearly::first_day},
    text::chinese_day,
};

/// What matters came to in an academic year; sums in fen.
#[derive(Debug, Clone)]
pub struct YearAccount {
    pub matters: Vec<SettledMatter>,
    /// Matters that have begun and are not closed: whatever they come to is not in it.
    pub open: i64,
    pub first: Date,
    pub last: Date,
}

impl YearAccount {
    /// Of the academic year that began in `year`: August to July. None for a year that no calendar has.
    pub async fn of(connection: &mut PgConnection, union: UnionId, year: i32) -> Result<Option<Self>, Failure> {
        let (Some(first), Some(until)) = (first_day(year), first_day(year + 1)) else { return Ok(None) };
        let matters = settled(connection, union, first, until).await?;
        let open = open_accounts(connection, union).await?;
        Ok(Some(Self { matters, open, first, last: until.previous_day().unwrap_or(until) }))
    }

    /// As it stood at a moment: what was closed later is not in it.
    #[must_use]
    pub fn at(mut self, moment: OffsetDateTime) -> Self {
        self.matters.retain(|one| one.closed_at <= moment);
        self
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.matters.is_empty()
    }

    #[must_use]
    pub fn planned(&self) -> i64 {
        self.matters.iter().map(|one| one.planned).sum()
    }

    #[must_use]
    pub fn spent(&self) -> i64 {
        self.matters.iter().map(|one| one.spent).sum()
    }

    /// What it comes to, in a sentence.
    #[must_use]
    pub fn in_words(&self) -> String {
        let (planned, spent) = (yuan(self.planned()), yuan(self.spent()));
        format!("办结有经费的事项 {} 件，预算合计 {planned} 元，实支合计 {spent} 元", self.matters.len())
    }

    /// What a settlement says before anybody wrote it.
    #[must_use]
    pub fn draft(&self) -> String {
        format!("一、四类事项：{}，明细见附表。\n二、其他支出：\n三、结余：", closed_up(&self.in_words()))
    }

    /// The table that is printed behind the paper.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut rows: Vec<Vec<String>> = self
            .matters
            .iter()
            .map(|one| {
                let name = format!("{}（{}第{}号）", one.title, one.kind.label(), one.number);
                vec![name, closed_on(one), yuan(one.planned), yuan(one.spent)]
            })
            .collect();
        rows.push(vec!["合计".to_owned(), String::new(), yuan(self.planned()), yuan(self.spent())]);
        let columns = vec![
            Column::text("事项", 20),
            Column::centred("办结日期", 12),
            Column::centred("预算（元）", 9),
            Column::centred("实支（元）", 9),
        ];
        Table::new(columns, rows)
    }
}

fn closed_on(one: &SettledMatter) -> String {
    chinese_day(one.closed_at.to_offset(CHINA).date())
}

/// A settled matter as the page shows it.
pub(super) struct SettledRow {
    pub title: String,
    pub kind: &'static str,
    pub number: i32,
    /// Empty for who sees no controlled matters.
    pub href: String,
    pub closed_on: String,
    pub planned: String,
    pub spent: String,
}

impl SettledRow {
    pub fn all(account: &YearAccount, with_links: bool) -> Vec<Self> {
        let row = |one: &SettledMatter| Self {
            title: one.title.clone(),
            kind: one.kind.label(),
            number: one.number,
            href: if with_links { one.id.path() } else { String::new() },
            closed_on: closed_on(one),
            planned: yuan(one.planned),
            spent: yuan(one.spent),
        };
        account.matters.iter().map(row).collect()
    }
}
