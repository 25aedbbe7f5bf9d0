//! The document's text: brought once, shown sentence by sentence, and quoted for a rule.

use askama::Template;
use askama_web::WebTemplate;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{Form, Query};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{
    super::{
        draft::{Group, PlanDraft},
        fields,
        forms::{LONGEST_QUOTE, QuoteForm, add_clause, read_document, suggest_figure},
        paths::Done,
        store,
        typed::{DraftFields, MOST_ROWS},
        wording::{LONGEST_PASTED, LONGEST_TEXT, MOST_SENTENCES, Sentence, as_quote, holds, narrowed, sentences},
    },
    FullDraft, chrome, entry, not_open, whole,
};
use crate::{
    app::{App, Routes},
    audit,
    auth::acting::Acting,
    failure::Failure,
    ids::PlanDraftId,
    office::SchoolLeague,
    page::chrome::Chrome,
    rules::{CATALOGUE, Rule, catalogue::Entry},
    web::forms::{Errors, Upload},
};

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/plan-drafts/{draft}/text", show)
        .upload("/plan-drafts/{draft}/text", keep)
        .post("/plan-drafts/{draft}/quotes", quote)
}

/// A sentence with the rules that quote it already.
struct SentenceLine {
    sentence: Sentence,
    taken: Vec<Rule>,
}

#[derive(Template, WebTemplate)]
#[template(path = "plan_drafts/text.html")]
struct TextPage {
    chrome: Chrome,
    draft: PlanDraft,
    lines: Vec<SentenceLine>,
    form: QuoteForm,
    /// What was pasted.
    pasted: String,
    errors: Errors,
    done: &'static str,
}

impl TextPage {
    #[expect(clippy::unused_self, reason = "a template asks the page")]
    fn bounds(&self) -> String {
        format!("文件不超过 {LONGEST_TEXT} 字，粘贴的不超过 {LONGEST_PASTED} 字，都不超过 {MOST_SENTENCES} 句。")
    }

    /// The rules that a group asks about.
    #[expect(clippy::unused_self, reason = "a template asks the page")]
    fn rules_of(&self, group: Group) -> impl Iterator<Item = &'static Entry> {
        group.family().into_iter().flat_map(fields::rules_of)
    }

    /// The rule in its group, where it is quoted.
    fn rule_link(&self, rule: Rule) -> String {
        self.draft.id.place_path(rule)
    }

    /// The document's own name; empty where there is none yet.
    fn file_name(&self) -> &str {
        self.draft.text.as_ref().map_or("", |text| &text.name)
    }
}

/// The rules that quote each sentence.
fn taken(content: &DraftFields, sentences: Vec<Sentence>) -> Vec<SentenceLine> {
    let mut quotes = Vec::new();
    for entry in CATALOGUE {
        let (typed, name) = (content.of(Group::of_rule(entry.rule)), format!("{}.clause", entry.code));
        for row in 1..=typed.rows(&name).min(MOST_ROWS) {
            let quote = narrowed(typed.get(&format!("{name}{row}.quote")));
            if !quote.is_empty() {
                quotes.push((entry.rule, quote));
            }
        }
    }
    let line = |sentence: Sentence| {
        let own = narrowed(as_quote(&sentence.text));
        // A mark alone says nothing, and would stand in every quotation.
        let is_said = !own.is_empty();
        let quotes = quotes.iter().filter(|(_, quote)| is_said && (own.contains(quote) || quote.contains(&own)));
        let mut taken: Vec<Rule> = quotes.map(|(rule, _)| *rule).collect();
        taken.dedup();
        SentenceLine { sentence, taken }
    };
    sentences.into_iter().map(line).collect()
}

async fn page(
    app: &App,
    acting: &Acting<SchoolLeague>,
    id: PlanDraftId,
    form: QuoteForm,
    errors: Errors,
    done: &'static str,
) -> Result<TextPage, Failure> {
    let FullDraft { draft, content, .. } = whole(&mut *app.read().await?, acting, id).await?;
    let text = draft.document_text().to_owned();
    let lines = app.heavy(move || taken(&content, sentences(&text))).await?;
    let chrome = chrome(app, acting, &draft, "文件原文");
    Ok(TextPage { chrome, draft, lines, form, pasted: String::new(), errors, done })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct TextQuery {
    done: String,
    /// The rule for which a sentence is looked for.
    rule: String,
}

async fn show(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path(id): Path<PlanDraftId>,
    Query(query): Query<TextQuery>,
) -> Result<TextPage, Failure> {
    let form = QuoteForm { rule: query.rule, ..QuoteForm::default() };
    page(&app, &acting, id, form, Errors::default(), Done::said(&query.done)).await
}

async fn keep(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path(id): Path<PlanDraftId>,
    upload: Upload,
) -> Result<Response, Failure> {
    store::one(&mut *app.read().await?, acting.institution(), id).await?;
    let (now, mut errors, pasted) = (app.clock.now(), Errors::default(), upload.field("text").to_owned());
    let text = match app.heavy(move || read_document(&upload)).await? {
        Ok(text) => Some(text),
        Err((field, says)) => {
            errors.add(field, says);
            None
        }
    };
    let Some(text) = text.filter(|_| errors.is_empty()) else {
        let page = page(&app, &acting, id, QuoteForm::default(), errors, "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, TextPage { pasted, ..page }).into_response());
    };
    let hash = hex::encode(Sha256::digest(&text.text));
    app.write_as(acting.person().authority(), async |db| {
        let draft = store::lock(db, &acting, id).await?;
        if !store::keep_text(db, &draft, &text).await? {
            return Err(not_open(&app, &acting, id, "放入文件原文"));
        }
        // Not its name: a file may be called by somebody's.
        let entry = entry(&draft, "放入文件原文").detail("文字摘要", hash.clone());
        audit::append(db, acting.person(), entry.detail("字数", text.text.chars().count()), now).await
    })
    .await?;
    Ok(Redirect::to(&Done::TextKept.at(&id.text_path())).into_response())
}

/// A quotation and where it stands.
struct Quotation {
    words: String,
    section: String,
}

/// What is taken of a text: the marked words, or the ticked sentences, those that follow one another together.
fn quotations(found: &[Sentence], form: &QuoteForm, words: &str) -> Vec<Quotation> {
    if !words.is_empty() {
        let marked = narrowed(words);
        let at = found.iter().find(|one| holds(&narrowed(&one.text), words) || marked.contains(&narrowed(&one.text)));
        let section = at.map(|one| one.section.clone()).unwrap_or_default();
        return vec![Quotation { words: as_quote(words).to_owned(), section }];
    }
    let mut taken: Vec<Quotation> = Vec::new();
    let mut before = 0;
    for one in found.iter().filter(|one| form.takes(one.number)) {
        match taken.last_mut() {
            Some(last)
                if before + 1 == one.number
                    && last.section == one.section
                    && last.words.chars().count() + one.text.chars().count() <= LONGEST_QUOTE =>
            {
                last.words.push_str(&one.text);
            }
            _ => taken.push(Quotation { words: one.text.clone(), section: one.section.clone() }),
        }
        before = one.number;
    }
    for one in &mut taken {
        one.words = as_quote(&one.words).chars().take(LONGEST_QUOTE).collect();
    }
    taken
}

async fn quote(
    State(app): State<App>,
    acting: Acting<SchoolLeague>,
    Path(id): Path<PlanDraftId>,
    Form(form): Form<QuoteForm>,
) -> Result<Response, Failure> {
    let draft = store::one(&mut *app.read().await?, acting.institution(), id).await?;
    let (now, mut errors) = (app.clock.now(), Errors::default());
    let read = form.read(&mut errors);
    let text = draft.document_text().to_owned();
    if let Some((_, words)) = read.as_ref().filter(|(_, words)| !words.is_empty())
        && !holds(&narrowed(&text), words)
    {
        errors.add("words", "原文里没有这段文字：请在原文里选取，不要改动");
    }
    let Some((rule, words)) = read.filter(|_| errors.is_empty()) else {
        let page = page(&app, &acting, id, form, errors, "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let taken = quotations(&sentences(&text), &form, &words);
    let added = app
        .write_as(acting.person().authority(), async |db| {
            let draft = store::lock(db, &acting, id).await?;
            if !draft.is_open() {
                return Err(not_open(&app, &acting, id, "引用原文"));
            }
            let group = Group::of_rule(rule);
            let saved = store::groups(db, id).await?.into_iter().find(|saved| saved.group == group);
            let mut typed = saved.map(|saved| saved.typed).unwrap_or_default();
            let mut added = 0_usize;
            for one in &taken {
                if add_clause(&mut typed, rule, &one.words, &one.section) {
                    suggest_figure(&mut typed, rule, &one.words);
                    added += 1;
                }
            }
            if added > 0 {
                store::keep(db, &acting, &draft, group, &typed, now).await?;
                let entry = entry(&draft, "引用原文").detail("规则", rule.name()).detail("条款", added);
                audit::append(db, acting.person(), entry, now).await?;
            }
            Ok(added)
        })
        .await?;
    if added == 0 {
        errors.add("rule", "这一条已经引用过这句话，或者引用的条款太多");
        let page = page(&app, &acting, id, form, errors, "").await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    Ok(Redirect::to(&id.rule_path(rule, Done::Quoted)).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_without_words_is_taken_for_no_rule() {
        let mut content = DraftFields::default();
        let typed = content.of_mut(Group::Stf);
        typed.set("STF-02.clause1.quote", "主席团成员不超过5人");
        typed.set("STF-02.clause99999999999.quote", "工作部门不超过6个");
        let lines = taken(&content, sentences("。；主席团成员不超过5人。工作部门不超过6个。"));
        let codes = |line: &SentenceLine| line.taken.iter().map(|rule| rule.code()).collect();
        let rules: Vec<Vec<&str>> = lines.iter().map(codes).collect();
        assert_eq!(rules, [vec![], vec![], vec!["STF-02"], vec![]]);
    }

    #[test]
    fn sentences_that_follow_one_another_are_one_quotation() {
        let found = sentences("三、规模\n主席团成员不超过5人。部门不超过6个。\n四、其他\n由校团委解释。");
        let form =
            |numbers: &[usize]| QuoteForm { sentence: numbers.iter().copied().collect(), ..QuoteForm::default() };
        let words = |form: &QuoteForm, words: &str| {
            let taken = quotations(&found, form, words);
            taken.into_iter().map(|one| format!("{} {}", one.section, one.words)).collect::<Vec<_>>()
        };
        assert_eq!(words(&form(&[2, 3]), ""), ["三、规模 主席团成员不超过5人。部门不超过6个"]);
        assert_eq!(words(&form(&[2, 5]), ""), ["三、规模 主席团成员不超过5人", "四、其他 由校团委解释"]);
        assert_eq!(words(&form(&[]), "不超过6个。"), ["三、规模 不超过6个"]);
    }
}
