//! The sum of doubles, by the algorithm of Kahan, Babuška and Neumaier: what additions lose is added in the end, as
//! SQLite's `sum` does, so that what the store adds up and what a script does agree.

/// A sum in the making.
#[derive(Default)]
pub struct Sum {
    sum: f64,
    lost: f64,
    count: usize,
}

impl Sum {
    /// Adds a number.
    pub fn add(&mut self, number: f64) {
        let total = self.sum + number;
        self.lost +=
            if self.sum.abs() > number.abs() { (self.sum - total) + number } else { (number - total) + self.sum };
        self.sum = total;
        self.count += 1;
    }

    /// The sum; none of nothing.
    pub fn total(&self) -> Option<f64> {
        let total = if self.lost.is_finite() { self.sum + self.lost } else { self.sum };
        (self.count > 0).then_some(total)
    }

    /// The average; none of nothing.
    pub fn average(&self) -> Option<f64> {
        self.total().map(|total| total / self.count as f64)
    }
}
