//! Pieces of `commands`, each by itself.

mod moving_folder {
    use lunzhi::commands::moving::folder::Renamed;

    #[test]
    fn words_change_in_their_columns_alone() {
        let words = [("a".to_owned(), "b".to_owned())].into();
        let renamed = Renamed { places: vec![1], words };
        assert_eq!(renamed.line("a\ta\t\\N\ta"), "a\tb\t\\N\ta\n");
        assert_eq!(renamed.line("a\t\\N"), "a\t\\N\n");
    }
}

mod moving_tables {
    use lunzhi::{
        commands::moving::tables::{ForeignKey, Table, settled},
        ids::InstitutionId,
    };

    fn table(name: &str) -> Table {
        let columns = vec!["id".to_owned()];
        Table { name: name.to_owned(), sorted_by: columns.clone(), columns, is_guarded: false }
    }

    fn key(holder: &str, target: &str, is_required: bool) -> ForeignKey {
        ForeignKey {
            name: format!("{holder}_{target}"),
            holder: holder.to_owned(),
            columns: vec![format!("{target}_id")],
            target: target.to_owned(),
            target_columns: vec!["id".to_owned()],
            is_required,
        }
    }

    fn names(tables: &[&str]) -> Vec<Table> {
        tables.iter().map(|name| table(name)).collect()
    }

    #[test]
    fn tables_follow_those_they_name_and_a_circle_is_asked_late() {
        let keys = vec![
            key("post", "student", true),
            key("post", "file", false),
            key("file", "post", false),
            key("file", "institution", true),
            key("note", "post", true),
            key("student", "institution", true),
            key("post", "post", false),
        ];
        let moved = settled(names(&["file", "institution", "note", "post", "session", "student"]), keys).unwrap();
        let order: Vec<&str> = moved.tables.iter().map(|one| one.table.name.as_str()).collect();
        assert_eq!(order, ["institution", "student", "file", "post", "note"]);
        assert_eq!(moved.late.iter().map(|key| key.name.as_str()).collect::<Vec<_>>(), ["file_post"]);
        let id = InstitutionId(uuid::Uuid::nil());
        assert_eq!(
            moved.tables[4].rows_of(id),
            format!(
                "select \"id\" from note where (\"post_id\") in (select \"id\" from post where (\"student_id\") in \
                 (select \"id\" from student where \"institution_id\" = '{id}'::uuid)) order by \"id\""
            )
        );
    }

    #[test]
    fn a_table_that_nobody_owns_stops_the_move() {
        let keys = vec![key("note", "institution", false)];
        let says = settled(names(&["institution", "note", "stray"]), keys).unwrap_err().to_string();
        assert!(says.contains("note、stray"), "{says}");
    }
}
