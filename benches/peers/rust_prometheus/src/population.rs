use prometheus::{
    Counter, CounterVec, Histogram, HistogramOpts, HistogramVec, Opts, Registry, Result,
};

use crate::workload::{Selection, Workload};

/// The metrics of a workload.
pub struct Population {
    workload: Workload,
    changes: usize,
    children: Children,
}

/// The kept children, by family and series.
enum Children {
    Counters(Vec<Vec<Counter>>),
    Histograms(Vec<Vec<Histogram>>),
}

impl Population {
    pub fn new(registry: &Registry, workload: Workload) -> Result<Population> {
        let children = match workload.kind.as_str() {
            "counter" => Children::Counters(counters(registry, &workload)?),
            "histogram" => Children::Histograms(histograms(registry, &workload)?),
            kind => return Err(prometheus::Error::Msg(format!("cannot build {kind:?}"))),
        };
        Ok(Population {
            workload,
            changes: 0,
            children,
        })
    }

    pub fn change(&mut self, selection: &Selection) {
        self.changes += 1;
        let Workload {
            families,
            observations,
            ..
        } = &self.workload;
        for (f, i) in selection.of(&self.workload) {
            match &self.children {
                Children::Counters(counters) => counters[f][i].inc_by(families[f].step),
                Children::Histograms(histograms) => {
                    histograms[f][i].observe(observations[(i + self.changes) % observations.len()])
                }
            }
        }
    }
}

fn counters(registry: &Registry, workload: &Workload) -> Result<Vec<Vec<Counter>>> {
    let mut families = Vec::new();
    for family in &workload.families {
        let vector = CounterVec::new(Opts::new(&family.name, &family.help), &names(workload))?;
        registry.register(Box::new(vector.clone()))?;
        let mut children = Vec::new();
        for series in &workload.series {
            let values: Vec<&str> = series.values.iter().map(String::as_str).collect();
            let child = vector.get_metric_with_label_values(&values)?;
            child.inc_by(series.start + family.offset);
            children.push(child);
        }
        families.push(children);
    }
    Ok(families)
}

fn histograms(registry: &Registry, workload: &Workload) -> Result<Vec<Vec<Histogram>>> {
    let mut families = Vec::new();
    for family in &workload.families {
        let options =
            HistogramOpts::new(&family.name, &family.help).buckets(workload.buckets.clone());
        let vector = HistogramVec::new(options, &names(workload))?;
        registry.register(Box::new(vector.clone()))?;
        let mut children = Vec::new();
        for (i, series) in workload.series.iter().enumerate() {
            let values: Vec<&str> = series.values.iter().map(String::as_str).collect();
            let child = vector.get_metric_with_label_values(&values)?;
            child.observe(workload.observations[i % workload.observations.len()]);
            children.push(child);
        }
        families.push(children);
    }
    Ok(families)
}

fn names(workload: &Workload) -> Vec<&str> {
    workload.labels.iter().map(String::as_str).collect()
}
