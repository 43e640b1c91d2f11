"""The words that training logs use for phases and for what is measured, in the spelling `tokens.pieces` leaves them in:
NFKC, lower case, no punctuation. Data only; `names` says how they combine.
"""

from types import MappingProxyType


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TRAIN = _words(
    "train training trn tr trained learn learning fit rollout entrenamiento entraînement treino обучение 学習 訓練 トレーニング 学習用 訓練用 训练 훈련"
)
VALIDATION = _words(
    "val valid validation validate validating validset eval evaluation evaluate dev devel heldout holdout cv crossval crossvalidation oof vali vld va validierung validación validação валидация "
    "検証 バリデーション 評価 検証用 验证 評估 评估 검증"
)
TEST = _words("test testing tst ts prueba тест テスト 试验 测试 테스트")

LOSS = _words(
    "loss losses cost objective 損失 ロス 损失 손실 損失値 損失関数 verlust perte pertes pérdida perdida perda потери"
)
# Losses that a log often calls by their name alone: said without the word "loss", they are the objective itself.
NAMED_LOSS = MappingProxyType(
    {
        **dict.fromkeys(
            ("logloss", "binarylogloss", "multilogloss", "mlogloss", "binlogloss", "multiclogloss"), "logloss"
        ),
        **dict.fromkeys(
            ("crossentropy", "xentropy", "xent", "ce", "softmaxcrossentropy", "交差エントロピー"), "cross_entropy"
        ),
        **dict.fromkeys(("binarycrossentropy", "bce", "bcewithlogits"), "binary_cross_entropy"),
        **dict.fromkeys(("categoricalcrossentropy", "sparsecategoricalcrossentropy"), "cross_entropy"),
        **dict.fromkeys(("multiclass", "multiclassova", "multiclassonevsall"), "cross_entropy"),
        **dict.fromkeys(("hinge", "squaredhinge", "categoricalhinge"), "hinge"),
        **dict.fromkeys(("nll", "negativeloglikelihood", "negloglikelihood", "negloglik", "nloglik"), "nll"),
        **dict.fromkeys(("nelbo", "negelbo", "negativeelbo"), "nelbo"),
        "crossentropylambda": "cross_entropy",
        "logisticloss": "logloss",
        "focalloss": "focal",
        "ctc": "ctc",
    }
)
# Terms of a sum that logs name without the word "loss".
LOSS_TERM = MappingProxyType(
    {
        **dict.fromkeys(("kl", "kld", "kldiv", "kldivergence"), "kl"),
        **dict.fromkeys(("penalty", "penalties"), "penalty"),
        **dict.fromkeys(("regularization", "regularisation", "regularizer", "正則化"), "regularization"),
        **dict.fromkeys(("recon", "reconstruction", "再構成"), "reconstruction"),
        **dict.fromkeys(("commitment", "commit"), "commitment"),
    }
)

METRIC_UP = MappingProxyType(
    {
        **dict.fromkeys(
            (
                "accuracy",
                "acc",
                "accu",
                "正解率",
                "精度",
                "準確率",
                "准确率",
                "정확도",
                "genauigkeit",
                "exactitude",
                "exactitud",
                "acurácia",
                "точность",
            ),
            "accuracy",
        ),
        **dict.fromkeys(("binaryaccuracy", "categoricalaccuracy", "sparsecategoricalaccuracy"), "accuracy"),
        **dict.fromkeys(("top1", "acc1", "prec1", "accuracytop1", "acctop1", "top1acc", "top1accuracy"), "top1"),
        **dict.fromkeys(("top5", "acc5", "prec5", "accuracytop5", "acctop5", "top5acc", "top5accuracy"), "top5"),
        **dict.fromkeys(("top3", "top3acc", "acctop3", "topk", "topkcategoricalaccuracy", "topkaccuracy"), "topk"),
        **dict.fromkeys(("precision", "prec", "適合率", "ppv", "microprecision", "macroprecision"), "precision"),
        **dict.fromkeys(("recall", "再現率", "sensitivity", "tpr", "truepositiverate"), "recall"),
        **dict.fromkeys(("specificity", "tnr", "特異度"), "specificity"),
        **dict.fromkeys(("f1", "f1score", "fscore", "fmeasure", "fbeta", "microf1", "macrof1", "f値", "f2"), "f1"),
        **dict.fromkeys(("auc", "auroc", "rocauc", "aucroc"), "auc"),
        **dict.fromkeys(("auprc", "prauc", "aucpr", "averageprecision"), "average_precision"),
        **dict.fromkeys(("map", "meanaverageprecision"), "map"),
        **dict.fromkeys(("map50", "map05", "ap50", "map050"), "map50"),
        **dict.fromkeys(("map75", "ap75", "map075"), "map75"),
        **dict.fromkeys(("map5095", "map05095", "map050095", "map50095", "cocoap"), "map50-95"),
        "ap": "ap",
        "aps": "ap_small",
        "apm": "ap_medium",
        "apl": "ap_large",
        **{word: word for word in ("ar", "ars", "arm", "arl", "ar1", "ar10", "ar100")},
        **dict.fromkeys(("iou", "jaccard", "jaccardindex"), "iou"),
        **dict.fromkeys(("miou", "meaniou"), "miou"),
        **dict.fromkeys(("dice", "dicescore", "dicecoef", "dicecoefficient", "dsc", "mdice"), "dice"),
        **dict.fromkeys(("pixacc", "pixelacc", "pixelaccuracy", "aacc"), "pixel_accuracy"),
        "macc": "mean_accuracy",
        "bleu": "bleu",
        "sacrebleu": "bleu",
        **{word: word for word in ("bleu1", "bleu2", "bleu3", "bleu4")},
        **{word: word for word in ("rouge", "rouge1", "rouge2", "rougel", "rougelsum")},
        **{word: word for word in ("chrf", "meteor", "cider", "spice", "bertscore", "comet")},
        **{word: word for word in ("psnr", "ssim", "msssim")},
        **dict.fromkeys(("r2", "r2score", "rsquared", "決定係数"), "r2"),
        **dict.fromkeys(("kappa", "cohenkappa", "qwk"), "kappa"),
        **dict.fromkeys(("mcc", "matthews", "matthewscorrelation"), "mcc"),
        **dict.fromkeys(
            ("pearson", "pearsonr", "spearman", "spearmanr", "correlation", "corr", "pcc", "ccc"), "correlation"
        ),
        **{word: word for word in ("ndcg", "dcg", "mrr")},
        **dict.fromkeys(("em", "exactmatch", "exact"), "exact_match"),
        **dict.fromkeys(("success", "successrate", "winrate", "wins"), "success_rate"),
        **dict.fromkeys(("inceptionscore", "clipscore", "elo"), "score"),
        **dict.fromkeys(("elbo", "lowerbound", "evidencelowerbound"), "elbo"),
        **dict.fromkeys(("loglikelihood", "loglik", "likelihood", "logprob", "logp", "ll"), "log_likelihood"),
        **dict.fromkeys(("score", "スコア"), "score"),
    }
)

METRIC_DOWN = MappingProxyType(
    {
        **dict.fromkeys(
            ("error", "err", "errors", "errorrate", "misclassification", "誤差", "誤り率", "誤差率"), "error"
        ),
        **dict.fromkeys(("top1err", "top1error", "errtop1", "err1"), "top1_error"),
        **dict.fromkeys(("top5err", "top5error", "errtop5", "err5"), "top5_error"),
        **dict.fromkeys(("eer", "equalerrorrate"), "eer"),
        **dict.fromkeys(("wer", "worderrorrate"), "wer"),
        **dict.fromkeys(("cer", "charactererrorrate"), "cer"),
        **dict.fromkeys(("ter", "tokenerrorrate"), "token_error_rate"),
        **dict.fromkeys(("fid", "frechetinceptiondistance", "fid50k", "fid50kfull", "fid5k", "fid10k"), "fid"),
        **dict.fromkeys(("kid", "kid50k", "kid50kfull"), "kid"),
        **dict.fromkeys(("lpips", "perceptualdistance"), "lpips"),
        **dict.fromkeys(("ppl", "perplexity", "pplx", "パープレキシティ", "困惑度"), "perplexity"),
        **dict.fromkeys(("bpc", "bitspercharacter", "bitsperchar"), "bpc"),
        **dict.fromkeys(("bpb", "bitsperbyte"), "bpb"),
        **dict.fromkeys(("bpd", "bitsperdim", "bitsperdimension"), "bpd"),
        **dict.fromkeys(("mse", "meansquarederror", "l2", "平均二乗誤差"), "mse"),
        **dict.fromkeys(("rmse", "rootmeansquarederror", "rms"), "rmse"),
        **dict.fromkeys(("mae", "meanabsoluteerror", "l1", "平均絶対誤差", "mad"), "mae"),
        **dict.fromkeys(("mape", "smape", "meanabsolutepercentageerror", "wape"), "mape"),
        **dict.fromkeys(("msle", "rmsle", "meansquaredlogarithmicerror"), "msle"),
        **dict.fromkeys(
            ("huber", "smoothl1", "quantile", "pinball", "poisson", "tweedie", "gamma", "fair"), "regression_error"
        ),
        **dict.fromkeys(("brier", "brierscore"), "brier"),
        **dict.fromkeys(("ece", "calibrationerror"), "calibration_error"),
        **dict.fromkeys(("hausdorff", "hd95", "hausdorffdistance", "asd", "assd"), "hausdorff"),
        **dict.fromkeys(("chamfer", "chamferdistance", "epe", "absrel", "sqrel", "ade", "fde", "mpjpe"), "distance"),
        **dict.fromkeys(("fpr", "far", "falsepositive", "falsealarm"), "false_positives"),
        **dict.fromkeys(("fnr", "frr", "falsenegative"), "false_negatives"),
        **dict.fromkeys(("regret", "mcd"), "regret"),
    }
)

REWARD = _words("reward rewards rew return returns epret eprew epreward episodereward 報酬 累積報酬 奖励 보상")

# Measured on data that is not trained on, in every framework that prints them, so that no phase means validation.
ONLY_EVALUATED = _words(
    "map map50 map75 map50-95 ap ar bleu rouge text_score pixel_accuracy mean_accuracy wer cer token_error_rate fid kid hausdorff miou ndcg mrr exact_match"
)

LEARNING_RATE = _words("lr lrs learningrate lrate baselr currentlr 学習率 学习率 학습률")
GRADIENT = _words("grad grads gradient gradients 勾配 梯度")
NORM = _words("norm norms gnorm gradnorm gradientnorm gradnorms totalnorm ノルム")
TIME = _words(
    "time times eta elapsed remaining duration seconds second secs sec runtime hours hour hrs minutes minute mins days day ms "
    "fps speed throughput persecond persec wall wallclock walltime latency timing tps ips sps mem memory maxmem gpu cpu ram "
    "gb mb mib gib util utilization utilisation timestamp date datetime flos flops tflops mfu resources resource power temp "
    "temperature watts 時間 所要時間 経過時間 残り時間 时间"
)
COUNTER = _words(
    "step steps epoch epochs iter iters iteration iterations batch batches globalstep updates update numupdates samples sample "
    "tokens token timesteps timestep episodes episode examples example kimg tick ticks round rounds index idx row rows seen "
    "current total max global num percentage percent progress trained images unnamed trainer n nb count id it its "
    "エポック ステップ 反復 回数 バッチ 轮次 步数"
)
COUNTED = _words(
    "step steps epoch epochs iter iters iteration iterations batch batches globalstep updates update numupdates samples "
    "tokens timesteps timestep episodes episode examples kimg tick ticks round rounds index idx row percentage progress images "
    "it its エポック ステップ 反復 回数 バッチ 轮次 步数"
)
# Words that turn whatever stands beside them into something that is no curve of its own: a best so far, a weight, a spread.
NO_CURVE = _words(
    "best lowest highest min max minimum maximum std stdev stddev var variance num count weight weights scale scaler coef "
    "coefficient alpha beta lambda target threshold limit baseline prev previous delta diff difference change improvement improved early "
    "stop stopping earlystop earlystopping patience wait size ratio approx clip clipfraction clipfrac cliprange bound signs sign counter "
    "gap margin margins chosen rejected param params 最小 最大 最良 標準偏差"
)
# Words that say how a number was averaged or counted, not what it is.
VARIANT = _words(
    "step epoch avg average mean avr minibatch running smooth smoothed ema batch iter iteration current cur moving global raw"
)
NEUTRAL = _words(
    "total overall sum set main all the of on in for a an metric metrics log logs stats "
    "average history scalar scalars 平均 合計 総 总 전체 평균 lm charts episodic ep eps "
    "after before at per each every"
)
ADVERSARIAL = _words(
    "d g dis disc discriminator gen generator critic cri actor act policy pi pg value vf q q1 q2 qf td cql entropy teacher student real fake adv "
    "adversarial gan"
)
DISCRIMINATOR = _words("d dis disc discriminator critic real fake")
