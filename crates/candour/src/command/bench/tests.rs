//! One small run of everything, on the engine that this run of the tests is about.

use super::gb1;
use super::place::Place;
use super::section::Limit;
use super::shapes::{Setting, Shape};
use super::{Custody, Engine, Format};
use crate::migrations::MIGRATIONS;
use clap::ValueEnum;

/// A place to measure, and what must outlive it.
fn place() -> (Place, Option<(store::test::Place, tempfile::TempDir)>) {
    if !store::test::is_postgres() {
        return (Place::new(None, None, 7).map_err(|why| why.0).expect("a place"), None);
    }
    let folder = tempfile::tempdir().expect("a folder");
    let server = store::test::Place::new(folder.path(), MIGRATIONS).expect("a database");
    let store::Engine::Postgres { url, .. } = server.engine() else { panic!("this run is about PostgreSQL") };
    (Place::new(Some(&url), None, 7).map_err(|why| why.0).expect("a place"), Some((server, folder)))
}

#[test]
fn every_shape_runs_and_every_answer_is_the_models() {
    let (place, _server) = place();
    let setting = Setting::load(&place, 7, 60, 2, Limit::Operations(20)).map_err(|why| why.0).expect("people");
    for shape in Shape::value_variants() {
        let measured = setting.run(*shape).map_err(|why| why.0).expect("measured");
        assert!(!measured.is_empty());
        for one in measured {
            let figures = &one.figures;
            assert!(figures.operations > 0 && figures.checked > 0, "{}: {}", one.shape, one.part);
            assert_eq!(figures.wrong, 0, "{}: {}", one.shape, one.part);
        }
    }
    place.close().map_err(|why| why.0).expect("closed");
}

#[test]
fn every_answer_of_the_comparison_is_the_models() {
    let (place, _server) = place();
    let comparison = gb1::run(&place, 7, 200, 200).map_err(|why| why.0).expect("compared");
    assert_eq!(comparison.workloads.len(), 7);
    for one in &comparison.workloads {
        for (part, figures) in &one.parts {
            assert_eq!(figures.wrong, 0, "{} of the {}: {part}", one.workload, one.mix);
        }
        assert!((one.correct_percent - 100.0).abs() < f64::EPSILON);
    }
    assert!((comparison.correct_percent - 100.0).abs() < f64::EPSILON);
    place.close().map_err(|why| why.0).expect("closed");
}

#[test]
fn a_folder_with_something_in_it_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("letter"), "Dear Priya").expect("written");
    let refused = Place::new(None, Some(folder.path()), 7).map(|_| ()).map_err(|why| why.0);
    assert!(refused.is_err_and(|why| why.contains("has something in it")));
    assert!(folder.path().join("letter").exists());
}

#[test]
fn the_folder_is_empty_again_when_everything_was_measured() {
    let folder = tempfile::tempdir().expect("a folder");
    let bench = Custody {
        people: 20,
        clients: 1,
        engine: Engine::Sqlite,
        database: None,
        shape: vec![Shape::Open],
        seconds: None,
        operations: Some(5),
        gb1: false,
        records: 100,
        seed: 7,
        format: Format::Table,
        folder: Some(folder.path().to_owned()),
    };
    let report = bench.measure().map_err(|why| why.0).expect("measured");
    assert_eq!(report.wrong(), 0);
    assert!(super::print::table(&report).contains("| open: again | 1 | 5 |"));
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0);
}
