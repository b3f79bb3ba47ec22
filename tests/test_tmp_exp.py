import threading, time, uuid
from datetime import date
import pytest
from sqlalchemy import text
from ievq_pipeline.db.tables import OrganisationIdentifier
from tests.made_up import *
from ievq_pipeline.stages.confirm import Word
from ievq_pipeline.db import observations

def states(house, *ids): return [house.submission(i)["state"] for i in ids]
def rows(house, q):
    with house.sessions() as s: return [tuple(r) for r in s.execute(text(q))]

def test_deadlock_stores(house):
    open_panel(house, {"a": ["us-agency:M1"]}, quarters=span("2015-Q1","2020-Q4"))
    errs=[]
    for q in span("2015-Q1","2020-Q4"):
        ids=[file(house,"a",q,[("us-agency:M1",REGION,"Go",n)]) for n in (1,2)]
        house.validate()
        t=time.time()
        def work(n):
            try:
                from ievq_pipeline.stages import store
                return store._store(house.sessions, ids[n])
            except Exception as e:
                errs.append(repr(e)[:150]); return None
        at_once(2, work)
        if time.time()-t>0.9: print(q, time.time()-t)
    print("ERRS",len(errs),errs[:2])

def test_deadlock_withdraw(house):
    open_panel(house, {"a": ["us-agency:M1"]}, quarters=span("2015-Q1","2020-Q4"))
    errs=[]
    for q in span("2015-Q1","2020-Q4"):
        a=file(house,"a",q,[("us-agency:M1",REGION,"Go",1)]); house.validate(); house.store()
        b=file(house,"a",q,[("us-agency:M1",REGION,"Go",2)]); house.validate()
        def work(n):
            try:
                return house.store() if n else house.withdraw(a,"x")
            except Exception as e:
                errs.append(repr(e)[:150]); return None
        at_once(2, work)
        print(q, states(house,a,b), counting(house,q))
    print("ERRS",len(errs),errs[:2])

def test_two_codes_one_org(house):
    open_panel(house, {"a": ["us-agency:M1"]}, quarters=["2020-Q1"])
    with house.sessions.begin() as s:
        one=organisation(s,"us-agency:M1")
        s.add(OrganisationIdentifier(organisation_id=one,scheme="duns",value="9"))
    a=file(house,"a","2020-Q1",[("us-agency:M1",REGION,"Go",1),("duns:9",REGION,"Rust",1)])
    house.validate(); print(house.submission(a)["state"])
    try: house.store()
    except Exception as e: print("STORE", repr(e)[:200])
    print(states(house,a), counting(house,"2020-Q1"))

def test_code_outside(house):
    open_panel(house, {"a": ["us-agency:M1"]}, quarters=["2019-Q1","2020-Q1","2021-Q1"])
    with house.sessions.begin() as s:
        one=organisation(s,"us-agency:M1")
        s.add(OrganisationIdentifier(organisation_id=one,scheme="duns",value="9",holds_to=date(2019,6,1)))
        s.add(OrganisationIdentifier(organisation_id=one,scheme="duns",value="10",holds_from=date(2020,6,1)))
    a=file(house,"a","2020-Q1",[("duns:9",REGION,"Rust",1)])
    b=file(house,"a","2019-Q1",[("duns:10",REGION,"Rust",1)])
    c=file(house,"a","2021-Q1",[("duns:10",REGION,"Rust",1)])
    house.validate()
    for _ in range(1):
        try: house.store()
        except Exception as e: print("STORE", repr(e)[:200])
    print(states(house,a,b,c), [counting(house,q) for q in ("2019-Q1","2020-Q1","2021-Q1")])
    print(rows(house,"select * from organisation_identifier"))

def test_word(house):
    open_panel(house, {"a": ["us-agency:M1"]}, quarters=["2020-Q1"])
    q="2020-Q1"
    a=file(house,"a",q,[(f"us-agency:M{n}",REGION,"Go",n) for n in (1,2)]); house.validate(); house.store()
    b=file(house,"a",q,[(f"us-agency:M{n}",REGION,"Go",n) for n in (1,2,3)]); 
    from ievq_pipeline.db import submissions
    with house.sessions.begin() as s: slow=submissions.claim(s)
    c=file(house,"a",q,[(f"us-agency:M{n}",REGION,"Go",n) for n in (1,)]); house.validate()
    print(states(house,a,b,c))
    house.confirm(c,[Word("NQ-MEMBERS-GONE","withdraw_them")])
    with house.sessions.begin() as s: s.execute(text("UPDATE submission SET claimed_until = now() - interval '1 s' WHERE state = 'checking'"))
    house.validate(); print(states(house,a,b,c)); print(house.store()); print(states(house,a,b,c), counting(house,q))

def test_misc(house):
    open_panel(house, {"a": ["us-agency:M1"]}, quarters=["2020-Q1"])
    q="2020-Q1"
    a=file(house,"a",q,[("us-agency:M1","","TOTAL",9),("us-agency:M1",REGION,"Go",9),("us-agency:M2","","NIL","")]); house.validate(); house.store()
    print(list(house.observations("job-demand",Quarter.parse(q))))
    for k in ("organisations","roster"):
        try: print(list(house.observations(k,Quarter.parse(q))))
        except Exception as e: print(k, repr(e))
