use insta::assert_snapshot;

use crate::place::Place;

#[test]
fn the_demo_comes_out_as_foretold() {
    assert_snapshot!(Place::new().run("demo"), @r"
    $ dncsync demo
    A CXone tenant and an aggregator were started on this machine, in memory.
    Two files go into the list of the campaign DEMO: demo.csv and demo.jsonl, then the same once more.

    run RUN  into CAMPAIGN_DNC_DEMO (CAMPAIGN, LIST)

      confirmed                 50  newly seen in the list
      repeated                   3  named by an earlier row
      rejected                   4  no number or source type to be taken
      rows                      57

      requests N (list 1, post 1, get N; retried 0, throttled 0)  batches 1  latency p50 N ms, max N ms
      webhooks delivered 1, pending 0
      state (of this demo only)

                                         foretold came out
      rows read                                57       57
      confirmed in the list                    50       50
      repeated in the input                     3        3
      rejected                                  4        4
      unconfirmed                               0        0
      batches                                   1        1
      signed webhooks received                  1        1
      webhooks with a wrong signature           0        0
      second run: listed already               50       50
      second run: requests with items           0        0

    Next: dncsync ingest examples/tutorial.jsonl --campaign Q4_OUTBOUND_2024 --sandbox
    --- stderr
    looking for CAMPAIGN_DNC_DEMO
    confirming: 0 of 50 numbers
    looking for CAMPAIGN_DNC_DEMO
    [exit 0]
    ");
}
