//! Traces: to standard error for whoever started the process, and to an OpenTelemetry collector when one is configured.

use std::io::IsTerminal as _;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::WithExportConfig as _;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::Directive;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::commands::Failure;
use crate::configuration::Configuration;

/// What is never traced, whatever is asked for: here axum says back what it could not read, names of persons included.
const SILENT: &str = "axum::rejection=off";

/// Sends what is left to the collector when it goes.
pub struct Traces(Option<SdkTracerProvider>);

impl Drop for Traces {
    fn drop(&mut self) {
        if let Some(Err(error)) = self.0.as_ref().map(SdkTracerProvider::shutdown) {
            eprintln!("daicho: トレースを送り切れませんでした: {error}");
        }
    }
}

/// Begins to trace. To be called before any runtime: the exporter has a client of its own.
pub fn begin(configuration: &Configuration) -> Result<Traces, Failure> {
    let filter = EnvFilter::try_new(&configuration.trace)
        .map_err(|error| Failure::Usage(format!("--trace を読めません: {error}")))?;
    let silent: Directive = SILENT.parse().expect("our own directive");
    let filter = filter.add_directive(silent);
    let provider = match &configuration.otlp {
        None => None,
        Some(endpoint) => Some(provider(endpoint)?),
    };
    let exported = provider
        .as_ref()
        .map(|provider| tracing_opentelemetry::layer().with_tracer(provider.tracer("daicho")));
    let printed = tracing_subscriber::fmt::layer()
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    tracing_subscriber::registry()
        .with(filter)
        .with(printed)
        .with(exported)
        .try_init()
        .map_err(Failure::refused)?;
    Ok(Traces(provider))
}

fn provider(endpoint: &str) -> Result<SdkTracerProvider, Failure> {
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_http()
        .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
        .build()
        .map_err(Failure::refused)?;
    let resource = Resource::builder().with_service_name("daicho").build();
    Ok(SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_resource(resource)
        .build())
}
