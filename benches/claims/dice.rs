//! Dice that always fall the same way, so that the same number makes the same claims.

/// Splitmix64.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Dice(seed)
    }

    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.roll() % n as u64) as usize
    }

    pub fn chance(&mut self, one_in: usize) -> bool {
        self.below(one_in) == 0
    }

    /// From 0 to 1, all alike.
    pub fn uniform(&mut self) -> f64 {
        (self.roll() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Around 0, with a deviation of 1: the sum of twelve that fall alike.
    pub fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }

    /// A rank from 0, without end. Words have two regimes (Ferrer i Cancho and Solé 2001): up to a rank as often as
    /// `1 / (rank + flat)`, Zipf's law with Mandelbrot's flat beginning, from there on as its square, whence Heaps' law.
    pub fn rank(&mut self, knee: usize, flat: f64) -> usize {
        let end = knee as f64 + flat;
        let common = (end / flat).ln();
        // Both regimes meet at the knee, where what follows weighs 1.
        if self.uniform() * (common + 1.0) < common {
            return self.rank_below(knee, flat);
        }
        let rare = end / (1.0 - self.uniform());
        (rare - flat).min(1e9) as usize
    }

    /// A rank below `n`, as often as `1 / (rank + flat)`.
    pub fn rank_below(&mut self, n: usize, flat: f64) -> usize {
        let at = flat * ((n as f64 + flat) / flat).powf(self.uniform()) - flat;
        (at as usize).min(n - 1)
    }

    /// The first of the list often, the last seldom.
    pub fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.rank_below(list.len(), 1.0)]
    }
}
