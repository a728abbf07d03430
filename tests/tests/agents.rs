//! Billing agents' IDs over the life of an installation: it named one before there was a pool, offices end, others move in.

use daicho_domain::agent::{self, Held, State as Pool};
use daicho_domain::identifiers::AgentId;
use daicho_domain::nouns::{Command, State};
use daicho_domain::poa::NamedAgent;
use daicho_domain::stream::Stream;
use daicho_domain::{Service, transmission};
use daicho_tests::office::{Office, application, day, number, office_id, transmission_stream};

const FIRST: &str = "HD239900000001";
const SECOND: &str = "HD239900000002";

fn id(text: &str) -> AgentId {
    AgentId::parse(text).expect("it is one")
}

async fn pool(office: &Office) -> Pool {
    let State::Agent(pool) = office.state(&Stream::Agents).await else {
        panic!("the pool");
    };
    pool
}

fn held<'a>(pool: &'a Pool, agent: &str) -> &'a Held {
    pool.agent(id(agent)).expect("it is in the pool")
}

async fn named(office: &Office, application: &str, nth: usize) -> NamedAgent {
    office.sheet(application, nth).await.agent
}

#[tokio::test]
async fn an_installation_that_named_one_id_goes_on_and_that_id_is_the_first_of_the_pool() {
    let office = Office::opens_without_a_pool_on("2026-06-24").await;
    office.takes_an_application("summer", &[0, 1]).await;
    office.posts("summer", 0).await;
    for nth in 0..2 {
        assert_eq!(
            named(&office, "summer", nth).await,
            NamedAgent::Configured,
            "as before there was a pool"
        );
    }
    assert_eq!(pool(&office).await, Pool::default());

    // It starts again as the program that keeps one: nobody has to do anything.
    office.starts_with_agent(FIRST).await;
    let kept = pool(&office).await;
    let numbers: Vec<_> = held(&kept, FIRST).offices.keys().copied().collect();
    assert_eq!(numbers, [number(0), number(1)]);
    assert_eq!(named(&office, "summer", 1).await, NamedAgent::Configured);
    office.posts("summer", 1).await;

    office.takes_an_application("later", &[2]).await;
    assert_eq!(
        named(&office, "later", 2).await,
        NamedAgent::Named(id(FIRST))
    );

    // The next start adds nothing; another ID comes beside it and takes nothing over.
    let before = pool(&office).await;
    office.starts_with_agent(FIRST).await;
    assert_eq!(pool(&office).await, before);
    office.starts_with_agent("HD-1").await;
    assert_eq!(pool(&office).await, before, "no ID: left out");
    office.starts_with_agent(SECOND).await;
    let kept = pool(&office).await;
    assert_eq!(held(&kept, FIRST).serves(), 3);
    assert_eq!(held(&kept, SECOND).serves(), 0);
    let check = office.checks_its_views().await;
    assert_eq!(check.differing(), Vec::<&str>::new());
}

#[tokio::test]
async fn an_office_that_withdraws_gives_its_place_to_the_one_that_waits() {
    let office = Office::opens_on("2026-06-24").await;
    let most = offices_max(&office);
    let agent = id(FIRST);
    let elsewhere = most - 2;
    let add = agent::Command::Add { agent, elsewhere };
    let added = office.sends(Command::agent(&Stream::Agents, add)).await;
    added.expect("it is known");
    office.takes_an_application("summer", &[0, 1, 2]).await;
    assert!(matches!(
        named(&office, "summer", 2).await,
        NamedAgent::Missing(_)
    ));
    let withdraw = transmission::Command::Withdraw {
        application: application("summer"),
        office: Some(office_id(0)),
        reason: "開設の延期".into(),
    };
    let withdraw = Command::transmission(&transmission_stream(), withdraw);
    office.sends(withdraw).await.expect("it is taken out");
    assert_eq!(
        named(&office, "summer", 2).await,
        NamedAgent::Named(id(FIRST))
    );
    assert_eq!(held(&pool(&office).await, FIRST).serves(), most);
}

fn offices_max(office: &Office) -> u32 {
    let policy = office.policy();
    let book = policy.book(Service::CareNetMessenger, day("2026-06-24"));
    let book = book.expect("a book holds");
    book.count("poa.agent_offices_max").expect("it says so")
}
