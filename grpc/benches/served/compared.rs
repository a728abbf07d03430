//! What is printed of two things measured turn by turn.

fn median(mut of: Vec<f64>) -> f64 {
    of.sort_by(f64::total_cmp);
    of[of.len() / 2]
}

/// Their medians, and the median of the ratios of the rounds.
pub fn compared(what: &str, ours: &[f64], theirs: &[f64]) {
    let ratios: Vec<_> = ours
        .iter()
        .zip(theirs)
        .map(|(a, b)| 100.0 * a / b)
        .collect();
    let rounds: Vec<_> = ratios.iter().map(|ratio| ratio.round()).collect();
    println!(
        "{what:32} {:9.0}/s {:9.0}/s {:5.0}%   rounds {rounds:?}",
        median(ours.to_vec()),
        median(theirs.to_vec()),
        median(ratios),
    );
}
