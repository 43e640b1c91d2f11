"""What can be done: one file a remedy, its words beside it in English and Japanese."""

from .add_activation import REMEDY as ADD_ACTIVATION
from .add_regularisation import REMEDY as ADD_REGULARISATION
from .average_checkpoints import REMEDY as AVERAGE_CHECKPOINTS
from .base import Remedy
from .check_data_pipeline import REMEDY as CHECK_DATA_PIPELINE
from .check_gradients import REMEDY as CHECK_GRADIENTS
from .check_labels import REMEDY as CHECK_LABELS
from .check_loss_wiring import REMEDY as CHECK_LOSS_WIRING
from .clean_data import REMEDY as CLEAN_DATA
from .clear_gradients import REMEDY as CLEAR_GRADIENTS
from .clip_gradients import REMEDY as CLIP_GRADIENTS
from .clip_outliers import REMEDY as CLIP_OUTLIERS
from .drop_columns import REMEDY as DROP_COLUMNS
from .drop_duplicates import REMEDY as DROP_DUPLICATES
from .encode_categories import REMEDY as ENCODE_CATEGORIES
from .fill_missing_values import REMEDY as FILL_MISSING_VALUES
from .fit_on_training_only import REMEDY as FIT_ON_TRAINING_ONLY
from .give_all_parameters import REMEDY as GIVE_ALL_PARAMETERS
from .guard_the_loss import REMEDY as GUARD_THE_LOSS
from .inspect_batch import REMEDY as INSPECT_BATCH
from .keep_batches_apart import REMEDY as KEEP_BATCHES_APART
from .keep_best_checkpoint import REMEDY as KEEP_BEST_CHECKPOINT
from .keep_the_graph import REMEDY as KEEP_THE_GRAPH
from .larger_batch import REMEDY as LARGER_BATCH
from .larger_model import REMEDY as LARGER_MODEL
from .learning_rate_schedule import REMEDY as LEARNING_RATE_SCHEDULE
from .lengthen_warmup import REMEDY as LENGTHEN_WARMUP
from .log_batch_loss import REMEDY as LOG_BATCH_LOSS
from .log_validation import REMEDY as LOG_VALIDATION
from .look_at_predictions import REMEDY as LOOK_AT_PREDICTIONS
from .lower_learning_rate import REMEDY as LOWER_LEARNING_RATE
from .match_distributions import REMEDY as MATCH_DISTRIBUTIONS
from .match_shapes import REMEDY as MATCH_SHAPES
from .mixed_precision_care import REMEDY as MIXED_PRECISION_CARE
from .more_data_or_augmentation import REMEDY as MORE_DATA_OR_AUGMENTATION
from .order_the_update import REMEDY as ORDER_THE_UPDATE
from .overfit_one_batch import REMEDY as OVERFIT_ONE_BATCH
from .pass_log_probabilities import REMEDY as PASS_LOG_PROBABILITIES
from .pass_logits import REMEDY as PASS_LOGITS
from .raise_learning_rate import REMEDY as RAISE_LEARNING_RATE
from .read_as_numbers import REMEDY as READ_AS_NUMBERS
from .rebalance_classes import REMEDY as REBALANCE_CLASSES
from .register_modules import REMEDY as REGISTER_MODULES
from .review_labels import REMEDY as REVIEW_LABELS
from .reweigh_loss_parts import REMEDY as REWEIGH_LOSS_PARTS
from .scale_inputs import REMEDY as SCALE_INPUTS
from .shuffle_data import REMEDY as SHUFFLE_DATA
from .shuffle_rows import REMEDY as SHUFFLE_ROWS
from .split_again import REMEDY as SPLIT_AGAIN
from .start_from_chance import REMEDY as START_FROM_CHANCE
from .step_scheduler_rightly import REMEDY as STEP_SCHEDULER_RIGHTLY
from .stop_earlier import REMEDY as STOP_EARLIER
from .subsample_rows import REMEDY as SUBSAMPLE_ROWS
from .switch_modes import REMEDY as SWITCH_MODES
from .thaw_parameters import REMEDY as THAW_PARAMETERS
from .train_longer import REMEDY as TRAIN_LONGER
from .transform_tails import REMEDY as TRANSFORM_TAILS

ALL: tuple[Remedy, ...] = (
    OVERFIT_ONE_BATCH,
    CLEAR_GRADIENTS,
    ORDER_THE_UPDATE,
    KEEP_BATCHES_APART,
    GIVE_ALL_PARAMETERS,
    THAW_PARAMETERS,
    KEEP_THE_GRAPH,
    MATCH_SHAPES,
    SWITCH_MODES,
    CHECK_LOSS_WIRING,
    LOOK_AT_PREDICTIONS,
    LOG_VALIDATION,
    LOG_BATCH_LOSS,
    SPLIT_AGAIN,
    FIT_ON_TRAINING_ONLY,
    MATCH_DISTRIBUTIONS,
    KEEP_BEST_CHECKPOINT,
    STOP_EARLIER,
    CHECK_GRADIENTS,
    GUARD_THE_LOSS,
    PASS_LOGITS,
    PASS_LOG_PROBABILITIES,
    SHUFFLE_DATA,
    CLEAN_DATA,
    CHECK_DATA_PIPELINE,
    CHECK_LABELS,
    INSPECT_BATCH,
    REVIEW_LABELS,
    DROP_COLUMNS,
    DROP_DUPLICATES,
    SHUFFLE_ROWS,
    READ_AS_NUMBERS,
    FILL_MISSING_VALUES,
    CLIP_OUTLIERS,
    ENCODE_CATEGORIES,
    TRANSFORM_TAILS,
    SCALE_INPUTS,
    LOWER_LEARNING_RATE,
    RAISE_LEARNING_RATE,
    STEP_SCHEDULER_RIGHTLY,
    LEARNING_RATE_SCHEDULE,
    LENGTHEN_WARMUP,
    CLIP_GRADIENTS,
    MIXED_PRECISION_CARE,
    LARGER_BATCH,
    TRAIN_LONGER,
    ADD_REGULARISATION,
    AVERAGE_CHECKPOINTS,
    REWEIGH_LOSS_PARTS,
    REBALANCE_CLASSES,
    MORE_DATA_OR_AUGMENTATION,
    SUBSAMPLE_ROWS,
    START_FROM_CHANCE,
    REGISTER_MODULES,
    ADD_ACTIVATION,
    LARGER_MODEL,
)
"""In the order of effect per effort."""
