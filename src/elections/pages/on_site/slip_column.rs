//! Slips that were handed out, as two columns pasted from a table: the serial, then who drew it.

use axum::response::Response;
use sqlx::Connection;

use super::{LONGEST_COLUMN, OnSiteForm, TypedOnSite, answer, page, record_bound, says, voters};
use crate::{
    auth::acting::Acting,
    elections::{
        Elections,
        done::Done,
        sitting::{Sitting, Stage},
        store::{self, Obstacle},
    },
    failure::Failure,
    office::ElectionKeeper,
    people::find::{PeopleField, Rest},
    text::{folded, trimmed},
    web::forms::{Attempt, Errors, Submitted},
};

/// The heading of the serials, where the column was pasted with it.
const HEADING: &str = "票号";
/// So much of a line that cannot be read is said again.
const MOST_SAID: usize = 30;

/// Two columns, line by line: as many people as serials.
#[derive(Debug, Default, PartialEq, Eq)]
struct SlipColumn {
    serials: Vec<i32>,
    /// One a line, as a field of people reads them.
    people: String,
}

fn parts(c: char) -> bool {
    c.is_whitespace() || matches!(c, ',' | '，' | '、' | ';' | '；')
}

impl SlipColumn {
    /// What is wrong is said of the first line that is.
    fn read(text: &str) -> Result<Self, String> {
        let (mut serials, mut people) = (Vec::new(), Vec::new());
        for line in text.lines().map(trimmed).filter(|line| !line.is_empty()) {
            let (first, rest) = line.split_once(parts).unwrap_or((line, ""));
            let (first, rest) = (folded(first), rest.trim_matches(parts));
            if first == HEADING {
                continue;
            }
            let serial = first.parse::<i32>().ok().filter(|serial| *serial > 0 && !rest.is_empty());
            let Some(serial) = serial else {
                let line: String = line.chars().take(MOST_SAID).collect();
                return Err(format!("“{line}”：每行先写票号，再写领取人的学号或姓名"));
            };
            if serials.contains(&serial) {
                return Err(format!("票号 {serial} 写了两次"));
            }
            serials.push(serial);
            people.push(rest);
        }
        if serials.is_empty() {
            return Err("请粘贴票号和领取人，一行一张".to_owned());
        }
        Ok(Self { serials, people: people.join("\n") })
    }

    /// The columns as they are shown again, once the people are settled; none where the lines no longer match.
    fn written(&self) -> Option<String> {
        let people: Vec<&str> = self.people.lines().collect();
        let pairs = self.serials.iter().zip(&people).map(|(serial, person)| format!("{serial} {person}"));
        (people.len() == self.serials.len()).then(|| pairs.collect::<Vec<_>>().join("\n"))
    }
}

/// Notes who drew which slip for all lines, or for none where one of them cannot be noted.
pub(super) async fn bind_column(
    app: &Elections,
    acting: &Acting<ElectionKeeper>,
    sitting: &Sitting,
    mut form: OnSiteForm,
) -> Result<Response, Failure> {
    let (id, now, mut errors) = (sitting.id, app.clock.now(), Errors::default());
    if form.pairs.lines().count() > LONGEST_COLUMN {
        let says = format!("一次最多 {LONGEST_COLUMN} 行");
        return page(app, acting, id, Submitted::with_fault(form, "pairs", says), "").await;
    }
    let mut column = match SlipColumn::read(&form.pairs) {
        Ok(column) => column,
        Err(says) => return page(app, acting, id, Submitted::with_fault(form, "pairs", says), "").await,
    };
    let (search, typed) = (voters(acting, sitting, now.date()), &mut column.people);
    let mut db = app.read().await?;
    let drawers = PeopleField::read(&mut db, &search, typed, &form.pick, Rest::Class, "pairs", &mut errors).await?;
    drop(db);
    let numbers = drawers.numbers();
    if errors.is_empty() && numbers.len() != column.serials.len() {
        errors.add("pairs", "一行一张票、一个人；有人写了两次，或一行写了两个学号");
    }
    if let Some(written) = column.written() {
        form.pairs = written;
    }
    let typed = TypedOnSite { drawers, ..TypedOnSite::from(form) };
    if !errors.is_empty() {
        return page(app, acting, id, Submitted::new(typed, errors), "").await;
    }
    let obstacles = app
        .write_as(acting.person().authority(), async |db| {
            let locked = store::lock(db, acting.institution(), id).await?;
            let takes = locked.stage() == Stage::Open && now < locked.closes_at;
            let (mut refused, mut inner) = (Vec::new(), db.begin().await?);
            for (serial, number) in column.serials.iter().zip(&numbers) {
                let outcome = if takes {
                    store::bind_slip(&mut inner, &locked, *serial, number, acting.person().account, now).await?
                } else {
                    Err(Obstacle::NotOpen)
                };
                match outcome {
                    Ok(student) => record_bound(&mut inner, acting, sitting, *serial, student, now).await?,
                    Err(obstacle) => refused.push(format!("{serial} {number}：{}", says(obstacle))),
                }
            }
            if refused.is_empty() {
                inner.commit().await?;
            } else {
                inner.rollback().await?;
            }
            Ok(refused)
        })
        .await?;
    let attempt = if obstacles.is_empty() {
        Attempt::Done(())
    } else {
        let says = format!("一张也没有登记，请先去掉或改正这些行。{}", obstacles.join("；"));
        Attempt::fault("pairs", says)
    };
    answer(app, acting, sitting, attempt, typed, Done::SlipBound).await
}

#[cfg(test)]
mod tests {
    use super::SlipColumn;

    fn read(text: &str) -> Result<(Vec<i32>, String), String> {
        SlipColumn::read(text).map(|column| (column.serials, column.people))
    }

    #[test]
    fn a_line_is_a_serial_and_whoever_drew_the_slip() {
        let both = (vec![17, 3], "20240001\t张三\n李四 软件2401".to_owned());
        assert_eq!(read("票号\t学号\t姓名\n17\t20240001\t张三\n\n３，李四 软件2401\n"), Ok(both));
    }

    #[test]
    fn a_line_that_lacks_one_of_them_is_said_again() {
        assert!(read("17").is_err_and(|says| says.contains("“17”")));
        assert!(read("张三 17").is_err_and(|says| says.contains("先写票号")));
        assert!(read("1 张三\n1 李四").is_err_and(|says| says.contains("票号 1 写了两次")));
        assert!(read("票号 姓名").is_err_and(|says| says.contains("一行一张")));
    }
}
