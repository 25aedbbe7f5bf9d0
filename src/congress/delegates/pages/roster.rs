//! 代表名册 by delegation, names by strokes: on paper, for Word and as a workbook.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    response::Response,
};
use time::Date;

use super::{frame, visible};
use crate::{
    app::App,
    auth::acting::Acting,
    congress::{
        CongressReader,
        congress::Congress,
        delegates::store::{self, Delegation, SeatedDelegate},
    },
    directory,
    failure::Failure,
    ids::CongressId,
    name::order::{self, StrokeOrder},
    page::chrome::Chrome,
    papers::{self, Column, Paper, Table},
    sheet::drop_down_template,
    text::chinese_day,
    unions::union::sees_grades,
    web::workbook,
};

#[derive(Template, WebTemplate)]
#[template(path = "congress/delegates/roster.html")]
pub(super) struct DelegateRosterPage {
    chrome: Chrome,
    congress: Congress,
    paper: Paper,
}

/// The delegates by delegation.
struct Roster {
    congress: Congress,
    /// A delegation's name with its delegates by strokes; those of none come last.
    groups: Vec<Group>,
    order: StrokeOrder,
    today: Date,
    /// The office sees what students do not see of each other.
    personal: bool,
}

struct Group {
    name: String,
    rows: Vec<SeatedDelegate>,
}

async fn roster(app: &App, acting: &Acting<CongressReader>, id: CongressId) -> Result<Roster, Failure> {
    let (mut db, today) = (app.read().await?, app.clock.today());
    let congress = visible(&mut db, acting, id).await?;
    let strokes = directory::store::stroke_order(&mut db, acting.institution()).await?;
    let delegations = store::delegations(&mut db, &congress).await?;
    let mut rows = store::seated(&mut db, &congress).await?;
    rows.retain(SeatedDelegate::votes);
    order::sort(&mut rows, strokes, |row| &row.name);
    let of = |delegation: Option<&Delegation>| -> Vec<SeatedDelegate> {
        rows.iter().filter(|row| row.delegation == delegation.map(|one| one.id)).cloned().collect()
    };
    let mut groups: Vec<Group> =
        delegations.iter().map(|one| Group { name: one.name.clone(), rows: of(Some(one)) }).collect();
    groups.push(Group { name: "未编入代表团".to_owned(), rows: of(None) });
    groups.retain(|group| !group.rows.is_empty());
    let personal = sees_grades(acting.office().kind);
    Ok(Roster { congress, groups, order: strokes, today, personal })
}

impl Roster {
    /// The columns, each with its width on paper.
    fn columns(&self) -> Vec<Column> {
        let mut columns = vec![Column::centred("代表证号", 8), Column::centred("姓名", 9), Column::centred("性别", 5)];
        if self.personal {
            columns.push(Column::centred("民族", 7));
            columns.push(Column::centred("政治面貌", 10));
        }
        columns.extend([
            Column::text("院系", 14),
            Column::centred("年级", 7),
            Column::text("班级", 16),
            Column::text("备注", 9),
        ]);
        columns
    }

    fn cells(&self, row: &SeatedDelegate) -> Vec<String> {
        let known = |field: &Option<String>| field.clone().unwrap_or_else(|| "未登记".to_owned());
        let mut cells =
            vec![row.card.map(|card| card.to_string()).unwrap_or_default(), row.name.clone(), known(&row.gender)];
        if self.personal {
            cells.push(known(&row.ethnic));
            cells.push(known(&row.political));
        }
        cells.extend([
            row.college_name.clone(),
            format!("{}级", row.entry_year),
            row.class_name.clone(),
            row.duty_in_words().to_owned(),
        ]);
        cells
    }

    fn paper(&self) -> Paper {
        let total: usize = self.groups.iter().map(|group| group.rows.len()).sum();
        let mut paper = Paper::new(format!("{}\n代表名册", self.congress.title())).landscape().caption(&format!(
            "截至{}，共{total}人；各代表团的代表{}",
            chinese_day(self.today),
            self.order.label()
        ));
        for group in &self.groups {
            let rows = group.rows.iter().map(|row| self.cells(row)).collect();
            paper = paper
                .heading(&format!("{}（{}人）", group.name, group.rows.len()))
                .table(Table::new(self.columns(), rows));
        }
        paper.signed(format!("{}筹备工作机构", self.congress.title()), None)
    }

    fn file(&self) -> anyhow::Result<Vec<u8>> {
        let columns = self.columns();
        let mut head: Vec<(&str, &[&str])> = vec![("代表团", &[])];
        head.extend(columns.iter().map(|column| (column.title.as_str(), [].as_slice())));
        let mut rows = Vec::new();
        for group in &self.groups {
            for row in &group.rows {
                let mut cells = vec![group.name.clone()];
                cells.extend(self.cells(row));
                rows.push(cells);
            }
        }
        Ok(drop_down_template("代表名册", &head, &rows)?)
    }
}

pub(super) async fn show(
    State(app): State<App>,
    acting: Acting<CongressReader>,
    Path(id): Path<CongressId>,
) -> Result<DelegateRosterPage, Failure> {
    let roster = roster(&app, &acting, id).await?;
    let chrome = frame(&app, acting.person(), &roster.congress, "代表名册");
    let paper = roster.paper();
    Ok(DelegateRosterPage { chrome, congress: roster.congress, paper })
}

pub(super) async fn word(
    State(app): State<App>,
    acting: Acting<CongressReader>,
    Path(id): Path<CongressId>,
) -> Result<Response, Failure> {
    papers::download(&app, roster(&app, &acting, id).await?.paper()).await
}

pub(super) async fn file(
    State(app): State<App>,
    acting: Acting<CongressReader>,
    Path(id): Path<CongressId>,
) -> Result<Response, Failure> {
    let roster = roster(&app, &acting, id).await?;
    let bytes = app.heavy(move || roster.file()).await??;
    Ok(workbook("代表名册.xlsx", bytes))
}
