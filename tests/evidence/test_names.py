"""Names of series: what real logs call things, and what they are."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from losscompass.evidence.names import Kind, Phase, phase_of_place, role_of, roles_of

TRAIN, VAL, TEST, NONE = Phase.TRAIN, Phase.VALIDATION, Phase.TEST, Phase.NONE

KNOWN = [
    ("loss", "train/loss", TRAIN, Kind.LOSS),
    ("train_loss", "train/loss", TRAIN, Kind.LOSS),
    ("training/loss", "train/loss", TRAIN, Kind.LOSS),
    ("trainLoss", "train/loss", TRAIN, Kind.LOSS),
    ("Train Loss", "train/loss", TRAIN, Kind.LOSS),
    ("loss_epoch", "train/loss", TRAIN, Kind.LOSS),
    ("train_loss_step", "train/loss", TRAIN, Kind.LOSS),
    ("total_loss", "train/loss", TRAIN, Kind.LOSS),
    ("current loss", "train/loss", TRAIN, Kind.LOSS),
    ("Loss/train", "train/loss", TRAIN, Kind.LOSS),
    ("main/loss", "train/loss", TRAIN, Kind.LOSS),
    ("lm loss", "train/loss", TRAIN, Kind.LOSS),
    ("trl", "train/loss", TRAIN, Kind.LOSS),
    ("損失", "train/loss", TRAIN, Kind.LOSS),
    ("ｌｏｓｓ", "train/loss", TRAIN, Kind.LOSS),
    ("eval_loss", "val/loss", VAL, Kind.LOSS),
    ("val_loss", "val/loss", VAL, Kind.LOSS),
    ("CrossEntropyLoss", "train/loss", TRAIN, Kind.LOSS),
    ("val_MSELoss", "val/loss", VAL, Kind.LOSS),
    ("avr_loss", "train/loss", TRAIN, Kind.LOSS),
    ("batch_cost", "batch_cost", NONE, Kind.TIME),
    ("avg_reader_cost", "avg_reader_cost", NONE, Kind.TIME),
    ("area_per_room", "area_per_room", NONE, Kind.OTHER),
    ("loss_threshold_maps", "loss_threshold_maps", NONE, Kind.OTHER),
    ("valLoss", "val/loss", VAL, Kind.LOSS),
    ("dev_loss", "val/loss", VAL, Kind.LOSS),
    ("validation_loss", "val/loss", VAL, Kind.LOSS),
    ("train/val_loss", "val/loss", VAL, Kind.LOSS),
    ("tel", "val/loss", VAL, Kind.LOSS),
    ("検証損失", "val/loss", VAL, Kind.LOSS),
    ("test loss", "test/loss", TEST, Kind.LOSS),
    ("eval_g0_loss", "val/loss/g0", VAL, Kind.LOSS),
    ("train-logloss", "train/logloss", TRAIN, Kind.LOSS),
    ("Logloss", "train/logloss", TRAIN, Kind.LOSS),
    ("train/box_loss", "train/loss/box", TRAIN, Kind.LOSS_PART),
    ("loss_rpn_cls", "train/loss/rpn_cls", TRAIN, Kind.LOSS_PART),
    ("val_pde_loss", "val/loss/pde", VAL, Kind.LOSS_PART),
    ("loss_q0", "train/loss/q0", TRAIN, Kind.LOSS_PART),
    ("cutloss", "train/loss/cut", TRAIN, Kind.LOSS_PART),
    ("G_loss", "train/loss/g", TRAIN, Kind.LOSS_PART),
    ("errD", "train/loss/d", TRAIN, Kind.LOSS_PART),
    ("D_A", "train/loss/d_a", TRAIN, Kind.LOSS_PART),
    ("cycle_A", "train/loss/cycle_a", TRAIN, Kind.LOSS_PART),
    ("train/value_loss", "train/loss/value", TRAIN, Kind.LOSS_PART),
    ("kl", "train/loss/kl", TRAIN, Kind.LOSS_PART),
    ("metrics/mAP50(B)", "val/map50/b", VAL, Kind.METRIC_UP),
    ("metrics/mAP_0.5:0.95", "val/map50-95", VAL, Kind.METRIC_UP),
    ("mAP@.5", "val/map50", VAL, Kind.METRIC_UP),
    ("mAP@0.5:0.95", "val/map50-95", VAL, Kind.METRIC_UP),
    ("mIoU", "val/miou", VAL, Kind.METRIC_UP),
    ("pixAcc", "val/pixel_accuracy", VAL, Kind.METRIC_UP),
    ("BLEU", "val/bleu", VAL, Kind.METRIC_UP),
    ("acc-top1", "train/top1", TRAIN, Kind.METRIC_UP),
    ("val_acc", "val/accuracy", VAL, Kind.METRIC_UP),
    ("検証精度", "val/accuracy", VAL, Kind.METRIC_UP),
    ("Elbo", "train/elbo", TRAIN, Kind.METRIC_UP),
    ("eval_recall (sensitivity)", "val/recall", VAL, Kind.METRIC_UP),
    ("valid_1's l2", "val/mse/1", VAL, Kind.METRIC_DOWN),
    ("validation_0-rmse", "val/rmse/0", VAL, Kind.METRIC_DOWN),
    ("WER", "val/wer", VAL, Kind.METRIC_DOWN),
    ("FID", "val/fid", VAL, Kind.METRIC_DOWN),
    ("ppl", "train/perplexity", TRAIN, Kind.METRIC_DOWN),
    ("lm loss PPL", "train/perplexity", TRAIN, Kind.METRIC_DOWN),
    ("top1_err", "train/top1_error", TRAIN, Kind.METRIC_DOWN),
    ("err-top1", "train/top1_error", TRAIN, Kind.METRIC_DOWN),
    ("bpc", "train/bpc", TRAIN, Kind.METRIC_DOWN),
    ("rollout/ep_rew_mean", "reward", TRAIN, Kind.REWARD),
    ("AverageEpRet", "reward", TRAIN, Kind.REWARD),
    ("eval/mean_reward", "val/reward", VAL, Kind.REWARD),
    ("lr", "lr", NONE, Kind.LEARNING_RATE),
    ("学習率", "lr", NONE, Kind.LEARNING_RATE),
    ("lr/pg0", "lr/pg0", NONE, Kind.LEARNING_RATE),
    ("lr-Adam", "lr/adam", NONE, Kind.LEARNING_RATE),
    ("x/lr0", "lr/0", NONE, Kind.LEARNING_RATE),
    ("grad_norm", "grad_norm", NONE, Kind.GRADIENT_NORM),
    ("grad_2.0_norm_total", "grad_norm", NONE, Kind.GRADIENT_NORM),
    ("total_norm", "grad_norm", NONE, Kind.GRADIENT_NORM),
    ("eta", "eta", NONE, Kind.TIME),
    ("samples_per_second", "samples_per_second", NONE, Kind.TIME),
    ("time cost", "time_cost", NONE, Kind.TIME),
    ("data_time", "data_time", NONE, Kind.TIME),
    ("t", "t", NONE, Kind.TIME),
    ("epoch", "epoch", NONE, Kind.COUNTER),
    ("global_step", "global_step", NONE, Kind.COUNTER),
    ("time/total_timesteps", "time/total_timesteps", NONE, Kind.COUNTER),
]


@pytest.mark.parametrize(("raw", "name", "phase", "kind"), KNOWN)
def test_a_name_gets_its_role(raw, name, phase, kind):
    canonical, role = role_of(raw)
    assert (canonical, role.phase, role.kind) == (name, phase, kind)


@pytest.mark.parametrize(
    "raw",
    [
        *("early_stop", "loss_min", "best_val_loss", "loss_scale", "weight_decay", "train/clip_fraction"),
        *("state", "voltage", "x", "D(G(z))", "Loss/scores/fake", "val", "explained_variance", "l", "lambda"),
    ],
)
def test_what_is_no_curve_is_not_guessed_to_be_one(raw):
    assert role_of(raw)[1].kind is Kind.OTHER


@pytest.mark.parametrize(("raw", "name", "phase", "kind"), KNOWN)
def test_case_and_separators_do_not_matter(raw, name, phase, kind):
    if raw.lower() == raw and raw.isascii() and "'" not in raw and "(" not in raw and "." not in raw and "/" not in raw:
        for other in (raw.upper(), raw.replace("_", "-"), raw.replace("_", " "), f" {raw} "):
            assert role_of(other)[1] == role_of(raw)[1]


@given(st.text(max_size=60))
def test_any_text_is_a_name(raw):
    name, role = role_of(raw)
    assert name
    assert len(name) <= 400
    assert not any(unicodedata.category(c) in ("Cc", "Zl", "Zp") for c in name)
    assert isinstance(role.kind, Kind)


def test_a_reward_called_r_needs_its_company():
    assert roles_of(["r", "l", "t"])["r"][1].kind is Kind.REWARD
    assert roles_of(["r", "g", "b"])["r"][1].kind is Kind.OTHER


def test_loss_t_and_loss_v_are_a_pair():
    roles = roles_of(["loss_t", "loss_v"])
    assert (roles["loss_t"][0], roles["loss_v"][0]) == ("train/loss", "val/loss")
    assert roles_of(["loss_v", "loss_pi"])["loss_v"][0] == "train/loss/v"


def test_a_data_set_evaluated_by_itself_is_no_part_of_a_sum():
    assert roles_of(["eval_squad_loss", "eval_squad_runtime"])["eval_squad_loss"][1].kind is Kind.LOSS
    assert roles_of(["eval_squad_loss", "eval_runtime"])["eval_squad_loss"][1].kind is Kind.LOSS_PART


def test_a_phase_told_for_the_whole_log_is_that_of_names_without_one():
    roles = roles_of(["Logloss", "train_loss"], default="test")
    assert roles["Logloss"] == ("test/logloss", role_of("test_logloss")[1])
    assert roles["train_loss"][1].phase is TRAIN


@pytest.mark.parametrize(
    ("source", "phase"),
    [
        ("runs/validation/events.out.tfevents.1", VAL),
        ("catboost_info/test_error.tsv", TEST),
        ("catboost_info/learn_error.tsv", TRAIN),
        ("test_3/log.csv", None),
        ("train_output.txt", None),
        ("runs/log.csv", None),
    ],
)
def test_the_place_says_the_phase_that_names_do_not(source, phase):
    assert phase_of_place(source, ["loss", "accuracy"]) is phase
    assert phase_of_place(source, ["loss", "val_loss"]) is None


def test_a_metric_without_a_phase_beside_losses_that_say_theirs_is_of_validation():
    assert roles_of(["train_loss", "valid_loss", "error_rate"])["error_rate"][1].phase is VAL
    assert roles_of(["loss", "val_loss", "acc", "val_acc"])["acc"][1].phase is TRAIN


def test_rewards_of_a_preference_model_are_no_return():
    roles = roles_of(["loss", "rewards/chosen", "rewards/rejected", "rewards/margins", "rewards/accuracies"])
    assert [role.kind for _, role in roles.values()] == [Kind.LOSS, *[Kind.OTHER] * 3, Kind.METRIC_UP]


def test_criteria_beside_each_other_are_terms():
    roles = roles_of(["CrossEntropyLoss", "MSELoss", "val_CrossEntropyLoss"])
    assert roles["CrossEntropyLoss"] == ("train/loss/crossentropy", roles["CrossEntropyLoss"][1])
    assert {roles[name][1].kind for name in ("CrossEntropyLoss", "MSELoss")} == {Kind.LOSS_PART}
    assert roles["val_CrossEntropyLoss"][0] == "val/loss"


@pytest.mark.parametrize("joint", ["/", "-"])
def test_of_two_numbered_sets_the_first_is_the_training_set(joint):
    roles = roles_of([f"validation_{n}{joint}{what}" for n in (0, 1) for what in ("logloss", "auc")])
    assert [name for name, _ in roles.values()] == ["train/logloss", "train/auc", "val/logloss", "val/auc"]


@pytest.mark.parametrize(
    "names",
    [
        ["validation_0-rmse"],
        ["validation_1-rmse"],
        [f"validation_{n}-rmse" for n in range(3)],
        ["validation_0-rmse", "validation_1-rmse", "train-rmse"],
        ["valid_0's rmse", "valid_1's rmse"],
    ],
)
def test_other_numbered_sets_are_all_held_out(names):
    phases = {raw: role.phase for raw, (_, role) in roles_of(names).items() if raw.startswith("valid")}
    assert set(phases.values()) == {VAL}
