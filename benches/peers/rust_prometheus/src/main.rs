//! Rust's `prometheus` in the comparison: answers requests, one line of JSON each. The module
//! ../../compare/protocol.ts defines them.

mod population;
mod workload;

use std::error::Error;
use std::fs;
use std::io::{self, BufRead, Write};
use std::time::{Duration, Instant};

use prometheus::{Encoder, Registry, TextEncoder};
use serde::Deserialize;
use serde_json::{json, Value};

use population::Population;
use workload::{Selection, Workload};

const MOST_RUNS: usize = 10_000;

#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "lowercase")]
enum Request {
    Hello {},
    Build { workload: Workload },
    Change { selection: Selection },
    Dump { task: String, path: String },
    Time(Repetition),
}

#[derive(Deserialize)]
struct Repetition {
    task: String,
    selections: Vec<Selection>,
    #[serde(rename = "warmUp")]
    warm_up: usize,
    least: usize,
    seconds: f64,
}

#[derive(Default)]
struct Side {
    registry: Registry,
    population: Option<Population>,
}

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let mut side = Side::default();
    for line in io::stdin().lock().lines() {
        let answer = serde_json::from_str(&line?)
            .map_err(Into::into)
            .and_then(|r| side.answer(r));
        let reply = match answer {
            Ok(reply) => json!({ "reply": reply }),
            Err(error) => json!({ "error": error.to_string() }),
        };
        println!("{reply}");
        io::stdout().flush()?;
    }
    Ok(())
}

impl Side {
    fn answer(&mut self, request: Request) -> Result<Value> {
        match request {
            Request::Hello {} => Ok(json!({
                "produces": "bytes",
                "runtime": "rust",
                "kinds": ["counter", "histogram"],
                "tasks": ["render"],
                "operations": [],
                "serves": false,
                "resizes": false,
                "introspects": false,
            })),
            Request::Build { workload } => {
                self.population = Some(Population::new(&self.registry, workload)?);
                Ok(json!({}))
            }
            Request::Change { selection } => {
                self.change(&selection);
                Ok(json!({}))
            }
            Request::Dump { task, path } => {
                let mut buffer = Vec::new();
                self.run(&task, &mut buffer)?;
                fs::write(path, buffer)?;
                Ok(json!({}))
            }
            Request::Time(repetition) => self.time(&repetition),
        }
    }

    fn change(&mut self, selection: &Selection) {
        if let Some(population) = &mut self.population {
            population.change(selection);
        }
    }

    fn run(&self, task: &str, buffer: &mut Vec<u8>) -> Result<()> {
        if task != "render" {
            return Err(format!("cannot do task {task:?}").into());
        }
        TextEncoder::new().encode(&self.registry.gather(), buffer)?;
        Ok(())
    }

    fn time(&mut self, repetition: &Repetition) -> Result<Value> {
        let Repetition {
            task,
            selections,
            warm_up,
            least,
            seconds,
        } = repetition;
        let seconds = Duration::from_secs_f64(*seconds);
        // The first run grows it, so that the runs that count do not.
        let mut buffer = Vec::new();
        let mut times = Vec::new();
        let mut begin = Instant::now();
        for run in 0.. {
            if !selections.is_empty() {
                self.change(&selections[run % selections.len()]);
            }
            let start = Instant::now();
            if run == *warm_up {
                begin = start;
            }
            buffer.clear();
            self.run(task, &mut buffer)?;
            let duration = start.elapsed();
            if run < *warm_up {
                continue;
            }
            times.push(duration.as_secs_f64() * 1e3);
            let is_enough = times.len() >= *least && begin.elapsed() >= seconds;
            if is_enough || times.len() >= MOST_RUNS {
                break;
            }
        }
        Ok(json!({ "times": times, "size": buffer.len() }))
    }
}
