"""What a data set shows, as rules: read from the audit (`losscompass data`), some of them from a watched run as well."""

from ..base import Rule
from .class_imbalance import RULE as CLASS_IMBALANCE
from .columns_differ import RULE as COLUMNS_DIFFER
from .conflicting_labels import RULE as CONFLICTING_LABELS
from .constant_feature import RULE as CONSTANT_FEATURE
from .constant_target import RULE as CONSTANT_TARGET
from .distribution_shift import RULE as DISTRIBUTION_SHIFT
from .duplicate_rows import RULE as DUPLICATE_ROWS
from .few_samples import RULE as FEW_SAMPLES
from .group_overlap import RULE as GROUP_OVERLAP
from .heavy_tailed_features import RULE as HEAVY_TAILED_FEATURES
from .identifier_feature import RULE as IDENTIFIER_FEATURE
from .inputs_not_scaled import RULE as INPUTS_NOT_SCALED
from .inputs_uninformative import RULE as INPUTS_UNINFORMATIVE
from .label_noise import RULE as LABEL_NOISE
from .missing_target import RULE as MISSING_TARGET
from .missing_values import RULE as MISSING_VALUES
from .numbers_as_text import RULE as NUMBERS_AS_TEXT
from .outliers_in_data import RULE as OUTLIERS_IN_DATA
from .preprocessing_before_split import RULE as PREPROCESSING_BEFORE_SPLIT
from .preprocessing_mismatch import RULE as PREPROCESSING_MISMATCH
from .rows_in_order import RULE as ROWS_IN_ORDER
from .sentinel_in_features import RULE as SENTINEL_IN_FEATURES
from .surplus_samples import RULE as SURPLUS_SAMPLES
from .target_leak import RULE as TARGET_LEAK
from .target_not_scaled import RULE as TARGET_NOT_SCALED
from .target_outlook import RULE as TARGET_OUTLOOK
from .time_overlap import RULE as TIME_OVERLAP
from .train_validation_leak import RULE as TRAIN_VALIDATION_LEAK
from .unencoded_categories import RULE as UNENCODED_CATEGORIES

RULES: tuple[Rule, ...] = (
    MISSING_TARGET,
    CONSTANT_TARGET,
    TRAIN_VALIDATION_LEAK,
    GROUP_OVERLAP,
    TIME_OVERLAP,
    PREPROCESSING_BEFORE_SPLIT,
    TARGET_LEAK,
    LABEL_NOISE,
    CONFLICTING_LABELS,
    DUPLICATE_ROWS,
    PREPROCESSING_MISMATCH,
    DISTRIBUTION_SHIFT,
    COLUMNS_DIFFER,
    MISSING_VALUES,
    SENTINEL_IN_FEATURES,
    NUMBERS_AS_TEXT,
    OUTLIERS_IN_DATA,
    INPUTS_NOT_SCALED,
    TARGET_NOT_SCALED,
    HEAVY_TAILED_FEATURES,
    UNENCODED_CATEGORIES,
    IDENTIFIER_FEATURE,
    CONSTANT_FEATURE,
    CLASS_IMBALANCE,
    INPUTS_UNINFORMATIVE,
    ROWS_IN_ORDER,
    FEW_SAMPLES,
    SURPLUS_SAMPLES,
    TARGET_OUTLOOK,
)
