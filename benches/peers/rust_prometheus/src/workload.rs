use serde::Deserialize;

#[derive(Deserialize)]
pub struct Workload {
    pub kind: String,
    pub labels: Vec<String>,
    pub families: Vec<Family>,
    pub series: Vec<Series>,
    pub buckets: Vec<f64>,
    pub observations: Vec<f64>,
}

#[derive(Deserialize)]
pub struct Family {
    pub name: String,
    pub help: String,
    pub offset: f64,
    pub step: f64,
}

#[derive(Deserialize)]
pub struct Series {
    pub values: Vec<String>,
    pub start: f64,
}

#[derive(Deserialize)]
pub struct Selection {
    from: usize,
    to: usize,
    every: usize,
    phase: usize,
}

impl Selection {
    /// Returns the selected families and series.
    pub fn of<'a>(&'a self, workload: &'a Workload) -> impl Iterator<Item = (usize, usize)> + 'a {
        (self.from..self.to).flat_map(move |family| {
            let first = (self.phase + self.every - family % self.every) % self.every;
            (first..workload.series.len())
                .step_by(self.every)
                .map(move |series| (family, series))
        })
    }
}
