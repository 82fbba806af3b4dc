//! How fast a whole log is checked on one core: `cargo bench -p ledger`.

#[path = "../tests/log/mod.rs"]
mod log;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ledger::verify_log;

const SIZE: u64 = 500_000;

fn verify(criterion: &mut Criterion) {
    let files = log::publish(&log::leaves(SIZE));
    let signer = log::signer();
    let mut group = criterion.benchmark_group("log");
    group.throughput(Throughput::Elements(SIZE)).sample_size(10);
    group.bench_function("verify", |bencher| {
        bencher.iter(|| {
            let report = verify_log(&mut |path| files.get(path).cloned(), signer.verifier(), &mut |_| ());
            assert!(report.is_whole() && report.leaves == SIZE);
        });
    });
    group.finish();
}

criterion_group!(benches, verify);
criterion_main!(benches);
