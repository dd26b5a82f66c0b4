"""The public names of the library, each with the file it stands in; they are loaded on first use."""

from .backbones.backbone import Backbone as Backbone
from .backbones.loading import load_backbone as load_backbone
from .backbones.preflight.preflight import Preflight as Preflight
from .backbones.preflight.preflight import preflight as preflight
from .backbones.prompts import Prompt as Prompt
from .data.beir import folder_files as folder_files
from .data.beir import read_beir as read_beir
from .data.built_in_tasks import graded_pairs as graded_pairs
from .data.built_in_tasks import lee_50_pairs as lee_50_pairs
from .data.built_in_tasks import topics_task as topics_task
from .data.corpora import (
    Corpus as Corpus,
)
from .data.corpora import (
    lee_50 as lee_50,
)
from .data.corpora import (
    lee_background as lee_background,
)
from .data.corpora import (
    pasted as pasted,
)
from .data.corpora import (
    topics as topics,
)
from .data.folding import fold_corpus as fold_corpus
from .data.hub_datasets import HUB_DATASETS as HUB_DATASETS
from .data.hub_datasets import load_hub_dataset as load_hub_dataset
from .data.published import published_ablation as published_ablation
from .data.published import published_results as published_results
from .data.tables.corpus_table import corpus_from_table as corpus_from_table
from .data.tables.read_table import read_table as read_table
from .data.tables.retrieval_tables import (
    RetrievalColumns as RetrievalColumns,
)
from .data.tables.retrieval_tables import (
    retrieval_from_tables as retrieval_from_tables,
)
from .data.tables.task_tables import labelled_from_table as labelled_from_table
from .data.tables.task_tables import pairs_from_table as pairs_from_table
from .data.tasks import LabelledTask as LabelledTask
from .data.tasks import PairTask as PairTask
from .data.tasks import RetrievalTask as RetrievalTask
from .data.vectors.beside import match_vectors as match_vectors
from .data.vectors.vector_table import join_vectors as join_vectors
from .data.vectors.vector_table import read_vector_table as read_vector_table
from .data.vectors.vector_task import vector_task as vector_task
from .embeddings.corpus_embeddings import embed_corpus as embed_corpus
from .embeddings.corpus_embeddings import stored_embeddings as stored_embeddings
from .embeddings.cost import embedding_cost as embedding_cost
from .embeddings.task_embeddings import task_embeddings as task_embeddings
from .errors import EmbFilterError as EmbFilterError
from .errors import InputError as InputError
from .export.bundle import export_filter as export_filter
from .export.chosen import Centre as Centre
from .export.chosen import ChosenFilter as ChosenFilter
from .export.write_forms import IndexedCorpus as IndexedCorpus
from .interfaces.encoder import Encoder as Encoder
from .interfaces.mteb_encoder import MtebEncoder as MtebEncoder
from .interfaces.mteb_run import measure_mteb as measure_mteb
from .interfaces.mteb_table import mteb_table as mteb_table
from .interfaces.mteb_tasks import find_mteb_tasks as find_mteb_tasks
from .interfaces.mteb_tasks import pairs_as_mteb_task as pairs_as_mteb_task
from .lens.comparison import compare_lenses as compare_lenses
from .lens.corpus_evidence import corpus_evidence as corpus_evidence
from .lens.corpus_evidence import lean_sentence as lean_sentence
from .lens.frequent_tokens import frequent_token_scores as frequent_token_scores
from .lens.frequent_tokens import reference_token_rates as reference_token_rates
from .lens.layers.reading import read_layers as read_layers
from .lens.layers.states import layer_states as layer_states
from .lens.token_counts import count_tokens as count_tokens
from .lens.token_rates import token_rates as token_rates
from .lens.vector_fit import describe_fit as describe_fit
from .lens.vector_fit import vector_fit as vector_fit
from .maps.measures import neighbour_change as neighbour_change
from .maps.projection import map_points as map_points
from .quality.bands import map_bands as map_bands
from .quality.beside import measure_beside as measure_beside
from .quality.by_layer import layer_quality as layer_quality
from .quality.comparison import compare_baselines as compare_baselines
from .quality.comparison import compare_presets as compare_presets
from .quality.decisions.budget import budget as budget
from .quality.decisions.goals import decide as decide
from .quality.decisions.improve import improve as improve
from .quality.decisions.measure_treatments import measure_treatments as measure_treatments
from .quality.decisions.pareto import pareto_front as pareto_front
from .quality.decisions.shrink import shrink as shrink
from .quality.forest import (
    Untreated as Untreated,
)
from .quality.forest import (
    measure_forest as measure_forest,
)
from .quality.measuring import MEASURES as MEASURES
from .quality.measuring import measures_of as measures_of
from .quality.precisions import PRECISIONS as PRECISIONS
from .quality.random_subspaces import measure_random_subspaces as measure_random_subspaces
from .quality.sweep import sweep_quality as sweep_quality
from .ranking.all_bands import BandCosines as BandCosines
from .ranking.corpus_energies import CorpusEnergies as CorpusEnergies
from .ranking.index_cost import bytes_per_million as bytes_per_million
from .ranking.search import rank_corpus as rank_corpus
from .ranking.search import sweep_family as sweep_family
from .spectral.baselines import BASELINES as BASELINES
from .spectral.baselines import make_baseline as make_baseline
from .spectral.embed_filter import EmbedFilter as EmbedFilter
from .spectral.geometry import measure_shape as measure_shape
from .spectral.geometry import pair_distances as pair_distances
from .spectral.presets import PRESETS as PRESETS
from .spectral.presets import choose_directions as choose_directions
from .spectral.selection import KeptDirections as KeptDirections
from .spectral.spectroscopy import average_token as average_token
from .spectral.spectroscopy import score_table as score_table
from .spectral.spectrum import Spectrum as Spectrum
from .stored.record import read_record as read_record
from .stored.record import stored_ids as stored_ids
from .stored_backbones.making import make_stored as make_stored
from .stored_backbones.material import write_stored as write_stored
from .stored_backbones.shelf import add_stored as add_stored
from .stored_backbones.shelf import find_stored as find_stored
from .tables.files import to_csv as to_csv
from .tables.files import to_jsonl as to_jsonl
from .tables.forest import forest_table as forest_table
from .tables.lens import lens_table as lens_table
from .tables.quality import bands_table as bands_table
from .tables.quality import sweep_table as sweep_table
from .tables.quality_summary import quality_summary as quality_summary
from .tables.rankings import ranking_table as ranking_table
from .tables.treatments import treatments_table as treatments_table

__version__: str
