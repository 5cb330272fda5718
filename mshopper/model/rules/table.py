"""The LALR(1) table of the grammar of rules. Made by .ci/rule-table from grammar.GRAMMAR; never edited by hand.

`OPERAND` and `OPERATOR` match a token, with the blanks before it, where an operand or an operator is due. RULES: name of
the part : callback (none for a part that passes on what is in it) : a letter for each symbol (k kept, d dropped, i put in
place of the list that it is). STATES: "SYMBOL=n" goes to state n, "SYMBOL SYMBOL<r" ends a part by rule r.
"""
# ruff: noqa: E501

OPERAND = r"""[\s\u00a0\ufeff]*(?:(?P<AXIS>((ancestor|descendant)(-or-self)?|(following|preceding)(-sibling)?|attribute|child|namespace|parent|self)\s*::)|(?P<NODE_TEST>(node|text|comment)\s*\(\s*\)|processing-instruction\s*\(\s*("[^"]*"|'[^']*')?\s*\))|(?P<NUMBER>\d+(\.\d*)?|\.\d+)|(?P<FUNC>[^\W\d][\w.\-]*(:[^\W\d][\w.\-]*)?(?=\s*\())|(?P<ANY_OF>[^\W\d][\w.\-]*:\*)|(?P<DDOT>\.\.)|(?P<DSLASH>//)|(?P<LITERAL>"[^"]*"|'[^']*'|[“”„][^“”„]*[“”]|[‘’‚][^‘’‚]*[‘’])|(?P<VARIABLE>\$[^\W\d][\w.\-]*(:[^\W\d][\w.\-]*)?)|(?P<NAME>[^\W\d][\w.\-]*(:[^\W\d][\w.\-]*)?)|(?P<REF>\$\{\s*[^{}]+?\s*\})|(?P<AT>@)|(?P<DOT>\.)|(?P<LPAR>\()|(?P<MINUS>\-)|(?P<PLUS>\+)|(?P<RPAR>\))|(?P<STAR>\*)|(?P<_SLASH>/))"""
OPERATOR = r"""[\s\u00a0\ufeff]*(?:(?P<DSLASH>//)|(?P<MUL_OP>(?:(?i:div)|(?i:mod)|\*))|(?P<_AND>(?i:and))|(?P<REL_OP>(?:<=|>=|<|>))|(?P<EQ_OP>(?:!=|==|=))|(?P<_OR>(?i:or))|(?P<ADD_OP>(?:\+|\-))|(?P<COMMA>,)|(?P<LSQB>\[)|(?P<RPAR>\))|(?P<RSQB>\])|(?P<VBAR>\|)|(?P<_SLASH>/))"""
START, END = 0, 31
RULES = """
__filtered_plus_0:list:ik
__filtered_plus_0:list:k
__primary_star_1:list:dk
__primary_star_1:list:idk
__relative_star_2:list:kk
__relative_star_2:list:dk
__relative_star_2:list:ikk
__relative_star_2:list:idk
_test:list:k
_test:list:k
_test:list:k
_test:list:k
add_expr:binary:kkk
add_expr::k
and_expr:logical_and:kdk
and_expr::k
eq_expr:binary:kkk
eq_expr::k
filtered:filtered:ki
filtered::k
location:deep_absolute:dk
location:absolute_path:dk
location:root_path:d
location:relative_path:k
mul_expr:binary:kkk
mul_expr::k
or_expr::k
or_expr:logical_or:kdk
path_expr:deep_path:kdk
path_expr:path:kdk
path_expr::k
path_expr::k
predicate:predicate:dkd
primary:call:kdd
primary:call:kdkd
primary:call:kdkid
primary:literal:k
primary:group:dkd
primary:number:k
primary:reference:k
primary:variable:k
rel_expr::k
rel_expr:binary:kkk
relative:relative:ki
relative:relative:k
start::k
step:attribute:dii
step:attribute:di
step:axis_step:kii
step:axis_step:ki
step:parent_step:ki
step:parent_step:k
step:self_step:ki
step:self_step:k
step:child:ii
step:child:i
unary_expr:negate:dk
unary_expr:affirm:dk
unary_expr::k
union_expr::k
union_expr:union:kdk
"""
STATES = """
ANY_OF=1,AT=2,AXIS=3,DDOT=4,DOT=5,FUNC=6,LITERAL=7,LPAR=8,MINUS=9,NAME=10,NODE_TEST=11,NUMBER=12,PLUS=13,REF=14,STAR=15,VARIABLE=16,_DSLASH=17,_SLASH=18,_test=19,add_expr=20,and_expr=21,eq_expr=22,filtered=23,location=24,mul_expr=25,or_expr=26,path_expr=27,primary=28,rel_expr=29,relative=30,start=31,step=32,unary_expr=33,union_expr=34
$END ADD_OP COMMA DSLASH EQ_OP LSQB MUL_OP REL_OP RPAR RSQB VBAR _AND _OR _SLASH<8
ANY_OF=1,NAME=10,NODE_TEST=11,STAR=15,_test=35
ANY_OF=1,NAME=10,NODE_TEST=11,STAR=15,_test=36
LSQB=37,__filtered_plus_0=38,predicate=39,$END ADD_OP COMMA DSLASH EQ_OP MUL_OP REL_OP RPAR RSQB VBAR _AND _OR _SLASH<51
LSQB=37,__filtered_plus_0=40,predicate=39,$END ADD_OP COMMA DSLASH EQ_OP MUL_OP REL_OP RPAR RSQB VBAR _AND _OR _SLASH<53
LPAR=41
$END ADD_OP COMMA EQ_OP LSQB MUL_OP REL_OP RPAR RSQB VBAR _AND _DSLASH _OR _SLASH<36
ANY_OF=1,AT=2,AXIS=3,DDOT=4,DOT=5,FUNC=6,LITERAL=7,LPAR=8,MINUS=9,NAME=10,NODE_TEST=11,NUMBER=12,PLUS=13,REF=14,STAR=15,VARIABLE=16,_DSLASH=17,_SLASH=18,_test=19,add_expr=20,and_expr=21,eq_expr=22,filtered=23,location=24,mul_expr=25,or_expr=42,path_expr=27,primary=28,rel_expr=29,relative=30,step=32,unary_expr=33,union_expr=34
ANY_OF=1,AT=2,AXIS=3,DDOT=4,DOT=5,FUNC=6,LITERAL=7,LPAR=8,MINUS=9,NAME=10,NODE_TEST=11,NUMBER=12,PLUS=13,REF=14,STAR=15,VARIABLE=16,_DSLASH=17,_SLASH=18,_test=19,filtered=23,location=24,path_expr=27,primary=28,relative=30,step=32,unary_expr=43,union_expr=34
$END ADD_OP COMMA DSLASH EQ_OP LSQB MUL_OP REL_OP RPAR RSQB VBAR _AND _OR _SLASH<9
$END ADD_OP COMMA DSLASH EQ_OP LSQB MUL_OP REL_OP RPAR RSQB VBAR _AND _OR _SLASH<10
$END ADD_OP COMMA EQ_OP LSQB MUL_OP REL_OP RPAR RSQB VBAR _AND _DSLASH _OR _SLASH<38
ANY_OF=1,AT=2,AXIS=3,DDOT=4,DOT=5,FUNC=6,LITERAL=7,LPAR=8,MINUS=9,NAME=10,NODE_TEST=11,NUMBER=12,PLUS=13,REF=14,STAR=15,VARIABLE=16,_DSLASH=17,_SLASH=18,_test=19,filtered=23,location=24,path_expr=27,primary=28,relative=30,step=32,unary_expr=44,union_expr=34
$END ADD_OP COMMA EQ_OP LSQB MUL_OP REL_OP RPAR RSQB VBAR _AND _DSLASH _OR _SLASH<39
$END ADD_OP COMMA DSLASH EQ_OP LSQB MUL_OP REL_OP RPAR RSQB VBAR _AND _OR _SLASH<11
$END ADD_OP COMMA EQ_OP LSQB MUL_OP REL_OP RPAR RSQB VBAR _AND _DSLASH _OR _SLASH<40
ANY_OF=1,AT=2,AXIS=3,DDOT=4,DOT=5,NAME=10,NODE_TEST=11,STAR=15,_test=19,relative=45,step=32
ANY_OF=1,AT=2,AXIS=3,DDOT=4,DOT=5,NAME=10,NODE_TEST=11,STAR=15,_test=19,relative=46,step=32,$END ADD_OP COMMA EQ_OP MUL_OP REL_OP RPAR RSQB VBAR _AND _OR<22
LSQB=37,__filtered_plus_0=47,predicate=39,$END ADD_OP COMMA DSLASH EQ_OP MUL_OP REL_OP RPAR RSQB VBAR _AND _OR _SLASH<55
ADD_OP=48,$END COMMA EQ_OP REL_OP RPAR RSQB _AND _OR<41
_AND=49,$END COMMA RPAR RSQB _OR<26
EQ_OP=50,$END COMMA RPAR RSQB _AND _OR<15
_DSLASH=51,_SLASH=52,$END ADD_OP COMMA EQ_OP MUL_OP REL_OP RPAR RSQB VBAR _AND _OR<30
$END ADD_OP COMMA EQ_OP MUL_OP REL_OP RPAR RSQB VBAR _AND _OR<31
MUL_OP=53,$END ADD_OP COMMA EQ_OP REL_OP RPAR RSQB _AND _OR<13
_OR=54,$END<45
$END ADD_OP COMMA EQ_OP MUL_OP REL_OP RPAR RSQB VBAR _AND _OR<59
LSQB=37,__filtered_plus_0=55,predicate=39,$END ADD_OP COMMA EQ_OP MUL_OP REL_OP RPAR RSQB VBAR _AND _DSLASH _OR _SLASH<19
REL_OP=56,$END COMMA EQ_OP RPAR RSQB _AND _OR<17
$END ADD_OP COMMA EQ_OP MUL_OP REL_OP RPAR RSQB VBAR _AND _OR<23

DSLASH=57,_SLASH=58,__relative_star_2=59,$END ADD_OP COMMA EQ_OP MUL_OP REL_OP RPAR RSQB VBAR _AND _OR<44
$END ADD_OP COMMA EQ_OP MUL_OP REL_OP RPAR RSQB _AND _OR<25
VBAR=60,$END ADD_OP COMMA EQ_OP MUL_OP REL_OP RPAR RSQB _AND _OR<58
LSQB=37,__filtered_plus_0=61,predicate=39,$END ADD_OP COMMA DSLASH EQ_OP MUL_OP REL_OP RPAR RSQB VBAR _AND _OR _SLASH<47
LSQB=37,__filtered_plus_0=62,predicate=39,$END ADD_OP COMMA DSLASH EQ_OP MUL_OP REL_OP RPAR RSQB VBAR _AND _OR _SLASH<49
ANY_OF=1,AT=2,AXIS=3,DDOT=4,DOT=5,FUNC=6,LITERAL=7,LPAR=8,MINUS=9,NAME=10,NODE_TEST=11,NUMBER=12,PLUS=13,REF=14,STAR=15,VARIABLE=16,_DSLASH=17,_SLASH=18,_test=19,add_expr=20,and_expr=21,eq_expr=22,filtered=23,location=24,mul_expr=25,or_expr=63,path_expr=27,primary=28,rel_expr=29,relative=30,step=32,unary_expr=33,union_expr=34
LSQB=37,predicate=64,$END ADD_OP COMMA DSLASH EQ_OP MUL_OP REL_OP RPAR RSQB VBAR _AND _OR _SLASH<50
$END ADD_OP COMMA DSLASH EQ_OP LSQB MUL_OP REL_OP RPAR RSQB VBAR _AND _DSLASH _OR _SLASH<1
LSQB=37,predicate=64,$END ADD_OP COMMA DSLASH EQ_OP MUL_OP REL_OP RPAR RSQB VBAR _AND _OR _SLASH<52
ANY_OF=1,AT=2,AXIS=3,DDOT=4,DOT=5,FUNC=6,LITERAL=7,LPAR=8,MINUS=9,NAME=10,NODE_TEST=11,NUMBER=12,PLUS=13,REF=14,RPAR=65,STAR=15,VARIABLE=16,_DSLASH=17,_SLASH=18,_test=19,add_expr=20,and_expr=21,eq_expr=22,filtered=23,location=24,mul_expr=25,or_expr=66,path_expr=27,primary=28,rel_expr=29,relative=30,step=32,unary_expr=33,union_expr=34
RPAR=67,_OR=54
$END ADD_OP COMMA EQ_OP MUL_OP REL_OP RPAR RSQB _AND _OR<56
$END ADD_OP COMMA EQ_OP MUL_OP REL_OP RPAR RSQB _AND _OR<57
$END ADD_OP COMMA EQ_OP MUL_OP REL_OP RPAR RSQB VBAR _AND _OR<20
$END ADD_OP COMMA EQ_OP MUL_OP REL_OP RPAR RSQB VBAR _AND _OR<21
LSQB=37,predicate=64,$END ADD_OP COMMA DSLASH EQ_OP MUL_OP REL_OP RPAR RSQB VBAR _AND _OR _SLASH<54
ANY_OF=1,AT=2,AXIS=3,DDOT=4,DOT=5,FUNC=6,LITERAL=7,LPAR=8,MINUS=9,NAME=10,NODE_TEST=11,NUMBER=12,PLUS=13,REF=14,STAR=15,VARIABLE=16,_DSLASH=17,_SLASH=18,_test=19,filtered=23,location=24,mul_expr=68,path_expr=27,primary=28,relative=30,step=32,unary_expr=33,union_expr=34
ANY_OF=1,AT=2,AXIS=3,DDOT=4,DOT=5,FUNC=6,LITERAL=7,LPAR=8,MINUS=9,NAME=10,NODE_TEST=11,NUMBER=12,PLUS=13,REF=14,STAR=15,VARIABLE=16,_DSLASH=17,_SLASH=18,_test=19,add_expr=20,eq_expr=69,filtered=23,location=24,mul_expr=25,path_expr=27,primary=28,rel_expr=29,relative=30,step=32,unary_expr=33,union_expr=34
ANY_OF=1,AT=2,AXIS=3,DDOT=4,DOT=5,FUNC=6,LITERAL=7,LPAR=8,MINUS=9,NAME=10,NODE_TEST=11,NUMBER=12,PLUS=13,REF=14,STAR=15,VARIABLE=16,_DSLASH=17,_SLASH=18,_test=19,add_expr=20,filtered=23,location=24,mul_expr=25,path_expr=27,primary=28,rel_expr=70,relative=30,step=32,unary_expr=33,union_expr=34
ANY_OF=1,AT=2,AXIS=3,DDOT=4,DOT=5,NAME=10,NODE_TEST=11,STAR=15,_test=19,relative=71,step=32
ANY_OF=1,AT=2,AXIS=3,DDOT=4,DOT=5,NAME=10,NODE_TEST=11,STAR=15,_test=19,relative=72,step=32
ANY_OF=1,AT=2,AXIS=3,DDOT=4,DOT=5,FUNC=6,LITERAL=7,LPAR=8,MINUS=9,NAME=10,NODE_TEST=11,NUMBER=12,PLUS=13,REF=14,STAR=15,VARIABLE=16,_DSLASH=17,_SLASH=18,_test=19,filtered=23,location=24,path_expr=27,primary=28,relative=30,step=32,unary_expr=73,union_expr=34
ANY_OF=1,AT=2,AXIS=3,DDOT=4,DOT=5,FUNC=6,LITERAL=7,LPAR=8,MINUS=9,NAME=10,NODE_TEST=11,NUMBER=12,PLUS=13,REF=14,STAR=15,VARIABLE=16,_DSLASH=17,_SLASH=18,_test=19,add_expr=20,and_expr=74,eq_expr=22,filtered=23,location=24,mul_expr=25,path_expr=27,primary=28,rel_expr=29,relative=30,step=32,unary_expr=33,union_expr=34
LSQB=37,predicate=64,$END ADD_OP COMMA EQ_OP MUL_OP REL_OP RPAR RSQB VBAR _AND _DSLASH _OR _SLASH<18
ANY_OF=1,AT=2,AXIS=3,DDOT=4,DOT=5,FUNC=6,LITERAL=7,LPAR=8,MINUS=9,NAME=10,NODE_TEST=11,NUMBER=12,PLUS=13,REF=14,STAR=15,VARIABLE=16,_DSLASH=17,_SLASH=18,_test=19,add_expr=75,filtered=23,location=24,mul_expr=25,path_expr=27,primary=28,relative=30,step=32,unary_expr=33,union_expr=34
ANY_OF=1,AT=2,AXIS=3,DDOT=4,DOT=5,NAME=10,NODE_TEST=11,STAR=15,_test=19,step=76
ANY_OF=1,AT=2,AXIS=3,DDOT=4,DOT=5,NAME=10,NODE_TEST=11,STAR=15,_test=19,step=77
DSLASH=78,_SLASH=79,$END ADD_OP COMMA EQ_OP MUL_OP REL_OP RPAR RSQB VBAR _AND _OR<43
ANY_OF=1,AT=2,AXIS=3,DDOT=4,DOT=5,FUNC=6,LITERAL=7,LPAR=8,NAME=10,NODE_TEST=11,NUMBER=12,REF=14,STAR=15,VARIABLE=16,_DSLASH=17,_SLASH=18,_test=19,filtered=23,location=24,path_expr=80,primary=28,relative=30,step=32
LSQB=37,predicate=64,$END ADD_OP COMMA DSLASH EQ_OP MUL_OP REL_OP RPAR RSQB VBAR _AND _OR _SLASH<46
LSQB=37,predicate=64,$END ADD_OP COMMA DSLASH EQ_OP MUL_OP REL_OP RPAR RSQB VBAR _AND _OR _SLASH<48
RSQB=81,_OR=54
$END ADD_OP COMMA DSLASH EQ_OP LSQB MUL_OP REL_OP RPAR RSQB VBAR _AND _DSLASH _OR _SLASH<0
$END ADD_OP COMMA EQ_OP LSQB MUL_OP REL_OP RPAR RSQB VBAR _AND _DSLASH _OR _SLASH<33
COMMA=82,RPAR=83,_OR=54,__primary_star_1=84
$END ADD_OP COMMA EQ_OP LSQB MUL_OP REL_OP RPAR RSQB VBAR _AND _DSLASH _OR _SLASH<37
MUL_OP=53,$END ADD_OP COMMA EQ_OP REL_OP RPAR RSQB _AND _OR<12
EQ_OP=50,$END COMMA RPAR RSQB _AND _OR<14
REL_OP=56,$END COMMA EQ_OP RPAR RSQB _AND _OR<16
$END ADD_OP COMMA EQ_OP MUL_OP REL_OP RPAR RSQB VBAR _AND _OR<28
$END ADD_OP COMMA EQ_OP MUL_OP REL_OP RPAR RSQB VBAR _AND _OR<29
$END ADD_OP COMMA EQ_OP MUL_OP REL_OP RPAR RSQB _AND _OR<24
_AND=49,$END COMMA RPAR RSQB _OR<27
ADD_OP=48,$END COMMA EQ_OP REL_OP RPAR RSQB _AND _OR<42
$END ADD_OP COMMA DSLASH EQ_OP MUL_OP REL_OP RPAR RSQB VBAR _AND _OR _SLASH<4
$END ADD_OP COMMA DSLASH EQ_OP MUL_OP REL_OP RPAR RSQB VBAR _AND _OR _SLASH<5
ANY_OF=1,AT=2,AXIS=3,DDOT=4,DOT=5,NAME=10,NODE_TEST=11,STAR=15,_test=19,step=85
ANY_OF=1,AT=2,AXIS=3,DDOT=4,DOT=5,NAME=10,NODE_TEST=11,STAR=15,_test=19,step=86
$END ADD_OP COMMA EQ_OP MUL_OP REL_OP RPAR RSQB VBAR _AND _OR<60
$END ADD_OP COMMA DSLASH EQ_OP LSQB MUL_OP REL_OP RPAR RSQB VBAR _AND _DSLASH _OR _SLASH<32
ANY_OF=1,AT=2,AXIS=3,DDOT=4,DOT=5,FUNC=6,LITERAL=7,LPAR=8,MINUS=9,NAME=10,NODE_TEST=11,NUMBER=12,PLUS=13,REF=14,STAR=15,VARIABLE=16,_DSLASH=17,_SLASH=18,_test=19,add_expr=20,and_expr=21,eq_expr=22,filtered=23,location=24,mul_expr=25,or_expr=87,path_expr=27,primary=28,rel_expr=29,relative=30,step=32,unary_expr=33,union_expr=34
$END ADD_OP COMMA EQ_OP LSQB MUL_OP REL_OP RPAR RSQB VBAR _AND _DSLASH _OR _SLASH<34
COMMA=88,RPAR=89
$END ADD_OP COMMA DSLASH EQ_OP MUL_OP REL_OP RPAR RSQB VBAR _AND _OR _SLASH<6
$END ADD_OP COMMA DSLASH EQ_OP MUL_OP REL_OP RPAR RSQB VBAR _AND _OR _SLASH<7
_OR=54,COMMA RPAR<2
ANY_OF=1,AT=2,AXIS=3,DDOT=4,DOT=5,FUNC=6,LITERAL=7,LPAR=8,MINUS=9,NAME=10,NODE_TEST=11,NUMBER=12,PLUS=13,REF=14,STAR=15,VARIABLE=16,_DSLASH=17,_SLASH=18,_test=19,add_expr=20,and_expr=21,eq_expr=22,filtered=23,location=24,mul_expr=25,or_expr=90,path_expr=27,primary=28,rel_expr=29,relative=30,step=32,unary_expr=33,union_expr=34
$END ADD_OP COMMA EQ_OP LSQB MUL_OP REL_OP RPAR RSQB VBAR _AND _DSLASH _OR _SLASH<35
_OR=54,COMMA RPAR<3
"""
