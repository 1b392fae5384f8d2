"""The course's own words besides its pages, in each of its languages."""

from __future__ import annotations

from collections.abc import Mapping

_ENGLISH = {
    "lesson": "Lesson {number} · {title}",
    "page": "page {page} of {pages}",
    "right": "✓ Right.",
    "right_option": "✓ Right: {answer}.",
    "right_is": "✓ {answer}. You predicted {typed}.",
    "wrong_is": "✗ You predicted {typed}. It is {answer}.",
    "wrong_option": "✗ Your answer: {typed}. The right one: {answer}.",
    "shown_is": "Answer: {answer}.",
    "here": "Here it is.",
    "not_here": "✗ Not yet: keep looking, or press {hint} for a hint.",
    "unshown": "Only you can do this one. Press {skip} to skip it.",
    "number": "Type a number, then enter.",
    "choice": "Type the number of your answer, then enter.",
    "order": "Type all {count} numbers in their order, then enter.",
    "point": "Go there with the view's own keys, then press enter.",
    "reach": "The page continues once you have done it.",
    "not_a_number": "'{typed}' is not a number.",
    "not_an_option": "Type a number from 1 to {count}.",
    "not_an_order": "Type each of the {count} numbers once, such as {example}.",
    "hint": "Hint: {hint}",
    "cannot": "This page needs something that this network does not have: {reason}",
    "key_enter_next": "Next",
    "key_enter_answer": "Answer",
    "key_enter_finish": "Finish",
    "key_tab": "Skip",
    "key_back": "Page back",
    "key_hint": "Hint",
    "key_show": "Show",
    "key_leave": "Leave",
    "key_another": "Another",
    "key_stop": "Stop predicting",
    "score": "{right} of {asked} right",
    "map_title": "A course in {lessons}: predict first, then see.",
    "map_due": "Do you still remember? Questions from earlier: {count}",
    "map_done": "done",
    "map_goes_on": "enter continues at page {page}",
    "map_kept": "Your place and your answers are kept on this machine and sent nowhere.",
    "start_what": "See inside a convolutional network: watch it learn to recognise handwritten digits, then follow any "
    "number on its way from pixel to answer.",
    "start_learn": "Learn",
    "start_learn_about": "a course in ten lessons of five minutes: you predict, the network answers",
    "start_look": "Look",
    "start_look_about": "step the kernels of a trained network across an image",
    "start_train": "Train",
    "start_train_about": "train a network on 60,000 images, and watch its kernels take shape",
    "start_own": "Your own network: cnntui open model.keras\nYour own training: README, “Your own training”",
    "test_over": "Done: {right} of {count} right. `cnntui learn --report` compares before and after.",
}

_CHINESE = {
    "lesson": "第 {number} 课 · {title}",
    "page": "第 {page} 页，共 {pages} 页",
    "right": "✓ 对了。",
    "right_option": "✓ 对了：{answer}。",
    "right_is": "✓ {answer}。你的预测是 {typed}。",
    "wrong_is": "✗ 你的预测是 {typed}，实际是 {answer}。",
    "wrong_option": "✗ 你的回答：{typed}。正确的是：{answer}。",
    "shown_is": "答案：{answer}。",
    "here": "就在这里。",
    "not_here": "✗ 还不是这里：继续找，或按 {hint} 看提示。",
    "unshown": "这一步只能自己做。按 {skip} 可以跳过。",
    "number": "输入一个数，再按 enter。",
    "choice": "输入答案的编号，再按 enter。",
    "order": "按顺序输入全部 {count} 个编号，再按 enter。",
    "point": "用视图自己的按键移到那里，再按 enter。",
    "reach": "做到之后，这一页就会继续。",
    "not_a_number": "“{typed}”不是一个数。",
    "not_an_option": "请输入 1 到 {count} 的编号。",
    "not_an_order": "{count} 个编号各输入一次，例如 {example}。",
    "hint": "提示：{hint}",
    "cannot": "这个网络没有本页需要的内容：{reason}",
    "key_enter_next": "下一页",
    "key_enter_answer": "回答",
    "key_enter_finish": "完成",
    "key_tab": "跳过",
    "key_back": "上一页",
    "key_hint": "提示",
    "key_show": "答案",
    "key_leave": "离开",
    "key_another": "换一个",
    "key_stop": "停止预测",
    "score": "{asked} 题中答对 {right} 题",
    "map_title": "共 {count} 课：先预测，再看结果。",
    "map_due": "还记得吗？复习 {count} 题",
    "map_done": "完成",
    "map_goes_on": "按 enter 从第 {page} 页继续",
    "map_kept": "进度和回答只保存在这台机器上，不会发送到任何地方。",
    "start_what": "看看卷积神经网络的内部：看它学会识别手写数字，再跟着任意一个数，从像素一直走到答案。",
    "start_learn": "学习",
    "start_learn_about": "十课，每课五分钟：你先预测，网络来回答",
    "start_look": "观察",
    "start_look_about": "让训练好的网络的卷积核一步步滑过图像",
    "start_train": "训练",
    "start_train_about": "用 60,000 张图像训练一个网络，看卷积核怎样形成",
    "start_own": "你自己的网络：cnntui open model.keras\n你自己的训练：见 README 的 “Your own training”",
    "test_over": "已完成：{count} 题中答对 {right} 题。`cnntui learn --report` 比较学前与学后。",
}

_TABLES: Mapping[str, Mapping[str, str]] = {"en": _ENGLISH, "zh": _CHINESE}


def phrase(language: str, name: str, **values: object) -> str:
    """One of the phrases, with its values."""
    return _TABLES[language][name].format(**values)


def phrases(language: str) -> Mapping[str, str]:
    """All phrases in a language."""
    return _TABLES[language]
