//! What answers came to, as pages and files show it: each question of the whole, the same of each part, and who took part.

use sqlx::PgConnection;

use super::{
    counting::{CountedText, Figure, PartKind},
    store::{self, PartRow},
    survey::{Kind, Question, Survey},
};
use crate::{failure::Failure, page::charts::ShareBar, rules::survey::FEWEST, text::percent};

/// How often an option was chosen.
#[derive(Debug, Clone)]
pub struct OptionRow {
    pub label: String,
    /// Of an order, how often it was put first.
    pub number: i32,
    /// Its share of those who answered; of an order, its mean rank.
    pub value: String,
    pub bar: ShareBar,
}

/// What a part answered to a question.
#[derive(Debug, Clone)]
pub struct PartAnswers {
    pub label: String,
    pub answered: i32,
    pub rows: Vec<OptionRow>,
    /// The mean of a scale; empty for any other.
    pub mean: String,
}

/// What was answered to a question.
#[derive(Debug, Clone)]
pub(super) struct QuestionResult {
    pub question: Question,
    pub whole: PartAnswers,
    /// The parts that are shown apart; none of a text.
    pub parts: Vec<PartAnswers>,
    /// What was written, in an order drawn by lot.
    pub texts: Vec<String>,
}

impl QuestionResult {
    pub fn is_text(&self) -> bool {
        self.question.kind == Kind::Text
    }

    pub fn is_order(&self) -> bool {
        self.question.kind == Kind::Order
    }

    /// What the numbers are.
    pub fn number_heading(&self) -> &'static str {
        if self.is_order() { "排第一" } else { "人数" }
    }

    /// What the values are.
    pub fn value_heading(&self) -> &'static str {
        if self.is_order() { "平均次序" } else { "占比" }
    }
}

/// How many of a part answered.
#[derive(Debug, Clone)]
pub(super) struct ResponseRow {
    pub label: String,
    pub answers: i32,
    pub invited: i32,
    pub rate: String,
    pub bar: ShareBar,
}

/// What answers came to.
#[derive(Debug, Clone)]
pub(super) struct Results {
    pub response: Vec<ResponseRow>,
    pub questions: Vec<QuestionResult>,
    /// There are too few answers to show any.
    pub too_few: bool,
}

impl Results {
    /// The fewest answers that are shown.
    #[expect(clippy::unused_self, reason = "a template asks the results")]
    pub fn fewest(&self) -> usize {
        FEWEST
    }
}

fn natural(number: i32) -> u32 {
    u32::try_from(number).unwrap_or(0)
}

fn share(part: i32, whole: i32) -> String {
    if whole > 0 { percent(natural(part).into(), natural(whole).into()) } else { "–".to_owned() }
}

/// A sum over a number, with one decimal, half up: 9 over 4 is `2.3`.
fn mean(sum: i64, number: i64) -> String {
    if number <= 0 {
        return "–".to_owned();
    }
    let tenths = (sum * 20 + number) / (number * 2);
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn weighed(figure: &Figure, weight: i16) -> i64 {
    i64::from(weight) * i64::from(figure.number)
}

/// What a part answered to a question.
#[must_use]
pub fn answers(question: &Question, label: &str, figures: &[Figure]) -> PartAnswers {
    let own: Vec<&Figure> = figures.iter().filter(|figure| figure.question == question.place).collect();
    let answered = own.iter().find(|figure| figure.option == 0).map_or(0, |figure| figure.number);
    let of = |option: i16| own.iter().filter(move |figure| figure.option == option);
    let mut rows: Vec<OptionRow> = Vec::new();
    let mut order: Vec<i64> = Vec::new();
    for (option, words) in (1_i16..).zip(&question.options) {
        let (number, value, sum) = if question.kind == Kind::Order {
            let first = of(option).filter(|figure| figure.rank == 1).map(|figure| figure.number).sum::<i32>();
            let sum = of(option).map(|figure| weighed(figure, figure.rank)).sum::<i64>();
            (first, mean(sum, answered.into()), sum)
        } else {
            let number = of(option).map(|figure| figure.number).sum::<i32>();
            (number, share(number, answered), i64::from(option))
        };
        let title = match question.kind {
            Kind::Order => format!("{words}：平均次序 {value}，{number} 人排第一"),
            Kind::Single | Kind::Several | Kind::Scale | Kind::Text => format!("{words}：{number} 人，{value}"),
        };
        let label = if question.kind == Kind::Scale { format!("{option} {words}") } else { words.clone() };
        let bar = ShareBar::new(natural(number), natural(answered), title);
        rows.push(OptionRow { label, number, value, bar });
        order.push(sum);
    }
    // An order is shown as it came out; everything else as it was asked.
    let mut sorted: Vec<(i64, OptionRow)> = order.into_iter().zip(rows).collect();
    sorted.sort_by_key(|(sum, _)| *sum);
    let scale = own.iter().map(|figure| weighed(figure, figure.option)).sum::<i64>();
    PartAnswers {
        label: label.to_owned(),
        answered,
        rows: sorted.into_iter().map(|(_, row)| row).collect(),
        mean: if question.kind == Kind::Scale { mean(scale, answered.into()) } else { String::new() },
    }
}

fn response(part: &PartRow) -> ResponseRow {
    let rate = share(part.answers, part.invited);
    let title = format!("{}：{} 人中 {} 人作答，{rate}", part.label, part.invited, part.answers);
    ResponseRow {
        label: part.label.clone(),
        answers: part.answers,
        invited: part.invited,
        bar: ShareBar::new(natural(part.answers), natural(part.invited), title),
        rate,
    }
}

/// A part with its figures.
struct PartFigures {
    row: PartRow,
    figures: Vec<Figure>,
}

fn assemble(questions: Vec<Question>, parts: &[PartFigures], texts: &[CountedText]) -> Results {
    let answered = parts.first().map_or(0, |whole| whole.row.answers);
    let result = |question: Question| {
        let of = |part: &PartFigures| answers(&question, &part.row.label, &part.figures);
        let own = texts.iter().filter(|text| text.question == question.place).map(|text| text.says.clone()).collect();
        let whole = parts.first().map(of);
        let apart = parts.iter().filter(|part| part.row.kind != PartKind::Whole && part.row.answers > 0);
        let apart = if question.kind == Kind::Text { Vec::new() } else { apart.map(of).collect() };
        whole.map(|whole| QuestionResult { whole, parts: apart, texts: own, question: question.clone() })
    };
    Results {
        response: parts.iter().map(|part| response(&part.row)).collect(),
        questions: questions.into_iter().filter_map(result).collect(),
        too_few: usize::try_from(answered).unwrap_or(0) < FEWEST,
    }
}

/// What the answers of a counted questionnaire came to.
pub(super) async fn results(connection: &mut PgConnection, survey: &Survey) -> Result<Results, Failure> {
    let questions = store::questions(connection, survey.id).await?;
    let texts = store::texts(connection, survey.id).await?;
    let mut parts = Vec::new();
    for row in store::parts(connection, survey.id).await? {
        let figures = store::figures(connection, survey.id, row.part).await?;
        parts.push(PartFigures { row, figures });
    }
    Ok(assemble(questions, &parts, &texts))
}
