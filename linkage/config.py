"""Every threshold of the probabilistic layer, named; one set serves all data."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LinkageConfig:
    """What may be joined, and how much work may be spent on finding out."""

    # : Least probability of a pair that joins two components: likelier than not; the mean below
    # does the rest.
    threshold: float = 0.5
    #: Least probability of a pair that is kept though it joins nothing: consent is careful with it.
    least_probable: float = 0.1
    # : Least mean match weight (bits) over all pairs of records between two clusters that are to be
    # joined.
    mean_weight: float = 0.0
    #: The same where their birth dates contradict: all else must speak all the louder.
    mean_weight_of_two_births: float = 4.0
    #: The weight in that mean of a pair that no blocking rule found: slightly against.
    unseen_weight: float = -2.0
    # : Least sum of what speaks for the same person and not just the same household: given name,
    # birth date, own numbers.
    least_personal: float = -6.0
    # : A pair's weight counts within these bounds in that mean, so one pair neither saves nor sinks
    # a join.
    weight_bound: float = 12.0
    #: Fewer records than this teach no model: they get no edges.
    min_records: int = 20
    #: No join makes a cluster of more records than this.
    max_cluster_size: int = 100
    #: A value shared by more records than this is no blocking key for them.
    max_block_size: int = 300
    #: A blocking rule that makes more pairs than this is left out.
    max_pairs_per_rule: int = 8_000_000
    #: The blocking rules that the model learns from make no more pairs a record than this.
    first_pairs: int = 10
    #: Rules are added until less than this share of matching pairs is lost ...
    lost_share: float = 0.01
    #: ... while they find a match they alone find among so many pairs, ...
    pairs_per_match: int = 1_000
    #: ... and all together make no more pairs a record than this, nor more than the next.
    pairs_per_record: int = 100
    #: All blocking rules together make no more pairs than this.
    max_pairs: int = 20_000_000
    #: Random pairs from which the chance of agreement between strangers (u) is measured.
    sample_pairs: int = 400_000
    #: Pairs that the rules joined, of which what matches do is learned too.
    joined_pairs: int = 10_000
    #: A column is compared when at least this share of records fills it.
    min_filled: float = 0.01
    #: Pairs below this match weight (bits, with the first prior) are not kept.
    least_weight: float = -20.0
    #: Memory and threads of the private database that does the work.
    memory_limit: str = "3GB"
    threads: int = 2
    #: Seed of the random sample: the same rows give the same edges.
    seed: int = 20260101
