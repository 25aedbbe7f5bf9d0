//! People of whom only a part is typed: what a script suggests and what a form asks about.

use sqlx::PgConnection;

use super::{
    Found, Rest, Search,
    store::{self, Pattern},
};
use crate::{
    failure::Failure,
    name::{
        is_han, number_key, pinyin,
        sought::{ByKey, Sought},
    },
};

/// The most people that are offered.
const MOST: usize = 20;

/// Whom a part of a name may mean.
#[derive(Debug, Default)]
pub(super) struct Guesses {
    pub(super) people: Vec<Found>,
    /// There are more than are offered.
    pub(super) more: bool,
}

/// Why nobody was looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TooLittle {
    /// One character: too many have it.
    Short,
    /// The office finds only whom it names whole.
    NotWhole,
}

impl TooLittle {
    pub(super) fn says(self) -> &'static str {
        match self {
            Self::Short => "一个字会找出太多人，请至少填两个字，或在后面加上班级",
            Self::NotWhole => "没有找到这个人；请填写完整的姓名，或改填学号",
        }
    }
}

/// Who may be meant, at most 20. Somebody who is named whole comes alone or with others of that name.
pub(super) async fn guess(
    connection: &mut PgConnection,
    search: &Search,
    sought: &Sought,
) -> Result<Result<Guesses, TooLittle>, Failure> {
    let whole = Pattern { numbers: sought.numbers().collect(), names: sought.names().collect(), ..Pattern::default() };
    let found = store::find(connection, search, &whole).await?;
    let named: Vec<Found> = sought.pick(&ByKey::of(&found), Rest::Class).0.into_iter().cloned().collect();
    if search.whole {
        return Ok(if named.is_empty() { Err(TooLittle::NotWhole) } else { Ok(cut(named)) });
    }
    let mut short = false;
    for (part, rest) in sought.parts() {
        let Some(pattern) = pattern(part, rest) else {
            short = true;
            continue;
        };
        let mut found = store::find(connection, search, &pattern).await?;
        if !found.is_empty() {
            found.retain(|one| !named.contains(one));
            // By how names mostly sound before the rarer readings.
            let sounds = |one: &Found| pinyin::initials(&one.name).first().is_some_and(|usual| usual.starts_with(part));
            if pattern.initials.is_some() {
                found.sort_by_key(|one| !sounds(one));
            }
            return Ok(Ok(cut(named.into_iter().chain(found).collect())));
        }
    }
    Ok(if named.is_empty() && short { Err(TooLittle::Short) } else { Ok(cut(named)) })
}

fn cut(mut people: Vec<Found>) -> Guesses {
    let more = people.len() > MOST;
    people.truncate(MOST);
    Guesses { people, more }
}

/// What to look for by a part of a name and of a class; none where it would be in too many names.
fn pattern(part: &str, class: &str) -> Option<Pattern> {
    let most = Some(i64::try_from(MOST + 1).unwrap_or(i64::MAX));
    let class = (!class.is_empty()).then(|| abbreviated(class));
    let base = Pattern { class, most, ..Pattern::default() };
    if part.chars().count() < 2 && base.class.is_none() {
        return None;
    }
    Some(if part.chars().any(is_han) {
        Pattern { name_part: Some(part.to_owned()), ..base }
    } else {
        Pattern { number_start: Some(number_key(part)), initials: pinyin::expression(part), ..base }
    })
}

/// A class that is written short, for `like`: characters are left out and none is changed.
fn abbreviated(class: &str) -> String {
    let mut like = String::from("%");
    for c in crate::name::key(class).chars() {
        if matches!(c, '%' | '_' | '\\') {
            like.push('\\');
        }
        like.push(c);
        like.push('%');
    }
    like
}
